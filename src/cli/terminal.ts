import { setMaxListeners } from 'node:events';
import type { Readable } from 'node:stream';
import type { Layout } from './reporters/types.js';

/** The streams, environment and clock of a command: passed in, so that tests can replace them. */
export type Terminal = {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the program was started, for commands in the output: `trailkey` unless it is not on the path. */
  readonly program?: string;
  /** Returns the time in milliseconds since 1970. */
  readonly now: () => number;
  /** Waits for a number of milliseconds, or until the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Calls back at the next interrupt, once. Returns a function that removes the callback. */
  readonly onInterrupt: (callback: () => void) => () => void;
};

/** A text stream; `columns` is set on a terminal only. */
export type Output = {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

/** Runs work with a signal that an interrupt aborts. The signal is also aborted if the work fails, which ends its open requests. */
export const withInterrupt = async <T>(
  { onInterrupt }: Terminal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController();
  // Each open request adds a listener, and a scan has many open requests.
  setMaxListeners(0, controller.signal);
  const removeListener = onInterrupt(() => controller.abort());
  try {
    return await work(controller.signal);
  } catch (error) {
    controller.abort();
    throw error;
  } finally {
    removeListener();
  }
};

/** Clears the current line of a terminal. */
export const CLEAR_LINE = '\r\u001b[K';

/** Whether a line on standard error can be overwritten: not on a dumb terminal, and not where it is not a terminal. */
export const canOverwrite = ({ stderr, env }: Terminal): boolean =>
  stderr.isTTY === true && env['TERM'] !== 'dumb';

const COLUMNS_WITHOUT_TERMINAL = 100;
const MIN_COLUMNS = 40;

/** The layout for standard output. */
export const layoutFor = ({ stdout, env, program }: Terminal): Layout => ({
  ...(program !== undefined && { program }),
  columns: Math.max(MIN_COLUMNS, stdout.columns ?? widthIn(env) ?? COLUMNS_WITHOUT_TERMINAL),
  color: isColored(stdout, env),
});

/**
 * Whether standard output is colored: with FORCE_COLOR (but not `0` or `false`), or on a terminal that is not dumb, without NO_COLOR.
 *
 * @see https://force-color.org and https://no-color.org
 */
const isColored = (stdout: Output, env: Terminal['env']): boolean => {
  const forced = env['FORCE_COLOR'];
  if (forced) return forced !== '0' && forced !== 'false';
  return stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
};

const widthIn = (env: Terminal['env']): number | undefined => Number(env['COLUMNS']) || undefined;

/**
 * Escapes text from outside, so that it cannot control the terminal: control characters, escape sequences, marks that change the
 * text direction, unpaired surrogates and noncharacters become escapes such as `\u{1b}`.
 */
export const sanitize = (text: string): string =>
  text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/** What a report contains besides text: colors, and the line ends of CSV. */
const IN_REPORTS = '\\u001b\\[\\d+(?:;\\d+)*m|\\r\\n';
/** What progress contains besides text. */
const IN_PROGRESS = '\\r\\u001b\\[K';

/**
 * Returns a terminal that escapes everything that is printed, except for the sequences that this program prints itself. Reports escape
 * the names in them on their own: a name must not contain even a color.
 */
export const protectedTerminal = (terminal: Terminal): Terminal => {
  const { stdout, stderr, env, program, now, pause, onInterrupt } = terminal;
  return {
    get stdin() {
      return terminal.stdin;
    },
    stdout: protectedOutput(stdout, IN_REPORTS),
    stderr: protectedOutput(stderr, IN_PROGRESS),
    env,
    ...(program !== undefined && { program }),
    now,
    pause,
    onInterrupt,
  };
};

const protectedOutput = (output: Output, allowed: string): Output => {
  const parts = new RegExp(`(${allowed})|(?![\\n\\t])${UNSAFE.source}`, 'gu');
  return {
    write: (text) => output.write(text.replace(parts, (part: string, own?: string) => own ?? sanitize(part))),
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
  };
};
