import type { Readable } from 'node:stream';
import type { Layout } from './reporters/types.js';

/** Where a command reads and writes, and what it knows of the place: given to commands so that tests can watch. */
export type Terminal = {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Waits so many milliseconds, or until Ctrl-C. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Calls back once at the next Ctrl-C, until the function it gives is called. */
  readonly onInterrupt: (callback: () => void) => () => void;
};

/** A stream of text; `columns` is there on a terminal only. */
export type Output = {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
};

const COLUMNS_WITHOUT_TERMINAL = 100;
const MIN_COLUMNS = 40;

/** The layout for standard output: no colour when it is no terminal or a dumb one, or with NO_COLOR. */
export const layoutFor = ({ stdout, env }: Terminal): Layout => ({
  columns: Math.max(MIN_COLUMNS, stdout.columns ?? widthIn(env) ?? COLUMNS_WITHOUT_TERMINAL),
  colour: stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
});

const widthIn = (env: Terminal['env']): number | undefined => Number(env['COLUMNS']) || undefined;

/**
 * Shows text from outside so that it cannot act: control characters, escape sequences, marks that turn the direction of writing,
 * halves of surrogate pairs and code points that stand for no character are spelled out as `\u{1b}`.
 */
export const sanitize = (text: string): string =>
  text.replace(HARMFUL, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);

const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;
