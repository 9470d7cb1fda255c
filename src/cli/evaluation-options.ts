import { readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isAccountId } from '../core/arn.js';
import { type EarlierReport, parseEarlierReport } from '../core/comparison.js';
import { FormatError, messageOf, RuleParametersError } from '../core/errors.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import { FAIL_ON, type FailOn, FILTER_SEVERITIES, type Filter } from '../core/report.js';
import { PARAMETER_NAMES, parseRuleParameters, type RuleParameters } from '../core/rule-parameters.js';
import { parseWaivers, type WaiverEntry } from '../core/waiver.js';
import { reasonOf } from '../input/problem.js';
import { FORMATS, type Format } from './reporters/index.js';
import { didYouMean, parseChoice, UsageError } from './usage-error.js';

/** The options of the commands that write a report, as commander returns them. */
export type RawReportOptions = {
  readonly format: string;
  readonly output?: readonly string[];
  readonly failOn: string;
  readonly sinceReport?: string;
  readonly waivers?: string;
  readonly severity?: string;
  readonly account?: readonly string[];
  readonly allowIncomplete?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
};

/** The options of `check` and `scan`, as commander returns them. */
export type RawEvaluationOptions = RawReportOptions & RawParameters;

/** The parsed options of the commands that write a report. */
export type ReportOptions = {
  readonly format: Format;
  readonly outputs: readonly { readonly format: Format; readonly file: string }[];
  /** What the report shows. The exit code depends on all findings. */
  readonly filter: Filter;
  readonly failOn: FailOn;
  /** Whether a trail in scope that was not evaluated is accepted. */
  readonly allowIncomplete: boolean;
  /** The report to compare with. */
  readonly earlier: EarlierReport | undefined;
  /** The entries of the waiver file, if one was given. */
  readonly waivers: readonly WaiverEntry[] | undefined;
  /** Whether lists are complete: the trails and accounts in the text report, and the files that were not used. */
  readonly verbose: boolean;
  readonly quiet: boolean;
};

/** The parsed options of `check` and `scan`. */
export type EvaluationOptions = ReportOptions & {
  readonly parameters: RuleParameters;
  /** The parameters as text, for the report. */
  readonly givenParameters: Readonly<Record<string, string>>;
};

/**
 * Parses the options of `check` and `scan`. `inputs` are the files that the command reads in addition to those in the options: no
 * report overwrites them.
 *
 * @throws UsageError, RuleParametersError for invalid options
 */
export const parseEvaluationOptions = async (
  raw: RawEvaluationOptions,
  inputs: readonly string[],
): Promise<EvaluationOptions> => {
  const options = await parseReportOptions(
    raw,
    raw.paramFile === undefined ? inputs : [...inputs, raw.paramFile],
  );
  const { given, parameters } = await readParameters(raw);
  const givenParameters = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, String(value)]),
  );
  return { ...options, parameters, givenParameters };
};

/**
 * Parses the options of a command that writes a report.
 *
 * @throws UsageError for invalid options
 */
export const parseReportOptions = async (
  raw: RawReportOptions,
  inputs: readonly string[],
): Promise<ReportOptions> => {
  const outputs = (raw.output ?? []).map(parseOutput);
  await checkOutputFiles(
    outputs.map(({ file }) => file),
    [...inputs, raw.sinceReport, raw.waivers].filter((file) => file !== undefined),
  );
  return {
    format: parseChoice('--format', raw.format, FORMATS),
    outputs,
    filter: parseFilter(raw),
    allowIncomplete: raw.allowIncomplete ?? false,
    failOn: parseFailOn(raw.failOn, raw.sinceReport),
    earlier: raw.sinceReport === undefined ? undefined : await readEarlierReport(raw.sinceReport),
    waivers: raw.waivers === undefined ? undefined : await readWaivers(raw.waivers),
    verbose: raw.verbose ?? false,
    quiet: raw.quiet ?? false,
  };
};

/** `FORMAT=FILE`, or a file whose extension is that of a format. A file whose name contains an equals sign starts with its folder. */
const parseOutput = (text: string) => {
  if (/^\w*=/.test(text)) {
    const [format, file] = splitAtEquals(text, '--output', { shape: 'FORMAT=FILE', needsValue: true });
    return { format: parseChoice('The format of --output', format, FORMATS), file };
  }
  const [, extension = ''] = /\.((?:asff|ocsf|sarif)\.json|\w+)$/.exec(text.toLowerCase()) ?? [];
  const format = EXTENSIONS.get(extension);
  if (format !== undefined) return { format, file: text };
  throw new UsageError(
    `--output must be FORMAT=FILE, or a file that ends with ${[...EXTENSIONS.keys()].map((name) => `.${name}`).join(', ')}; ` +
      `received "${text}".`,
  );
};

const EXTENSIONS: ReadonlyMap<string, Format> = new Map([
  ['txt', 'text'],
  ['json', 'json'],
  ['csv', 'csv'],
  ['md', 'markdown'],
  ['html', 'html'],
  ['sarif', 'sarif'],
  ['sarif.json', 'sarif'],
  ['xml', 'junit'],
  ['ocsf.json', 'ocsf'],
  ['asff.json', 'asff'],
]);

const parseFilter = ({ severity, account }: RawReportOptions): Filter => {
  const accounts = account?.flatMap((list) => list.split(',')).map((id) => id.trim());
  const wrong = accounts?.find((id) => !isAccountId(id));
  if (wrong !== undefined) {
    throw new UsageError(`--account must contain account IDs of 12 digits; received "${wrong}".`);
  }
  return {
    ...(severity !== undefined && {
      severity: parseChoice('--severity', severity, FILTER_SEVERITIES),
    }),
    ...(accounts && { accounts }),
  };
};

const parseFailOn = (name: string, sinceReport: string | undefined): FailOn => {
  const failOn = parseChoice('--fail-on', name, FAIL_ON);
  if (failOn !== 'new' || sinceReport !== undefined) return failOn;
  throw new UsageError('--fail-on new requires --since-report FILE, an earlier JSON report.');
};

const readEarlierReport = async (file: string): Promise<EarlierReport> => {
  const report = parseJson(await readOptionFile(file, '--since-report'));
  const expected = `--since-report must be a JSON report from trailkey; ${file} is not`;
  if (report === undefined) throw new UsageError(`${expected} JSON.`);
  try {
    return parseEarlierReport(report);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new UsageError(`${expected}: ${error.message}.`, { cause: error });
  }
};

const readWaivers = async (file: string): Promise<readonly WaiverEntry[]> => {
  const text = await readOptionFile(file, '--waivers');
  const expected = `--waivers must be a YAML or JSON file with a list of waivers; ${file} is not`;
  try {
    const { parseYaml } = await import('../input/yaml-template.js');
    return parseWaivers(parseYaml(text));
  } catch (error) {
    // The first line of a YAML error is its reason, and the others show the text.
    throw new UsageError(`${expected}: ${messageOf(error).replace(/:?\n[\s\S]*/, '')}.`, { cause: error });
  }
};

const readOptionFile = (file: string, option: string): Promise<string> =>
  readText(file).catch((error: unknown) => {
    throw new UsageError(`${option} ${file}: ${reasonOf(error)}`, { cause: error });
  });

/** The options that set rule parameters, as commander returns them. */
export type RawParameters = { readonly param?: readonly string[]; readonly paramFile?: string };

/** Rule parameters as given, and parsed. */
type GivenParameters = {
  readonly given: Readonly<Record<string, unknown>>;
  readonly parameters: RuleParameters;
};

/**
 * Reads rule parameters. Those of `--param` override those of `--param-file`.
 *
 * @throws UsageError, RuleParametersError if the file cannot be read, or a parameter is invalid or set twice
 */
export const readParameters = async ({ param = [], paramFile }: RawParameters): Promise<GivenParameters> => {
  const given = { ...(await readParameterFile(paramFile)), ...parsePairs(param) };
  return { given, parameters: parseParameters(given) };
};

const parsePairs = (pairs: readonly string[]): Readonly<Record<string, string>> => {
  const given = new Map<string, string>();
  for (const pair of pairs) {
    const [name, value] = splitAtEquals(pair, '--param', { shape: 'name=value', needsValue: false });
    if (given.has(name)) throw new UsageError(`--param sets ${name} twice. Set each parameter once.`);
    given.set(name, value);
  }
  return Object.fromEntries(given);
};

const readParameterFile = async (file: string | undefined): Promise<Readonly<Record<string, unknown>>> => {
  if (file === undefined) return {};
  const parsed = parseJson(await readOptionFile(file, '--param-file'));
  if (isJsonObject(parsed)) return parsed;
  throw new UsageError(`--param-file must be a JSON object of parameter names and values; ${file} is not.`);
};

const parseParameters = (given: Readonly<Record<string, unknown>>): RuleParameters => {
  try {
    return parseRuleParameters(given);
  } catch (error) {
    if (!(error instanceof RuleParametersError)) throw error;
    const unknown = Object.keys(given).filter((name) => !PARAMETER_NAMES.includes(name));
    const hints = unknown
      .map((name) => didYouMean(name, PARAMETER_NAMES).trim())
      .filter((hint) => hint !== '');
    throw new RuleParametersError([...error.problems, ...hints]);
  }
};

const splitAtEquals = (
  text: string,
  option: string,
  { shape, needsValue }: Shape,
): readonly [string, string] => {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && (value !== '' || !needsValue)) return [name, value];
  throw new UsageError(`${option} must be ${shape}; received "${text}".`);
};

type Shape = { readonly shape: string; readonly needsValue: boolean };

const LITTLE_ENDIAN = Buffer.from([0xff, 0xfe]);
const BIG_ENDIAN = Buffer.from([0xfe, 0xff]);

/** Reads a text file as UTF-8, or as UTF-16 if it starts with a byte order mark, which Windows PowerShell writes. */
export const readText = async (file: string): Promise<string> => {
  const bytes = await readFile(file);
  return new TextDecoder(encodingOf(bytes.subarray(0, 2))).decode(bytes);
};

const encodingOf = (head: Buffer): string => {
  if (head.equals(LITTLE_ENDIAN)) return 'utf-16le';
  return head.equals(BIG_ENDIAN) ? 'utf-16be' : 'utf-8';
};

/** Checks that no two reports have the same file, and that no report overwrites an input. */
const checkOutputFiles = async (outputs: readonly string[], inputs: readonly string[]): Promise<void> => {
  if (outputs.length === 0) return;
  const inputIds = new Set(await Promise.all(inputs.map(fileId)));
  const inputPaths = await Promise.all(inputs.map((input) => realpath(input).catch(() => resolve(input))));
  const outputIds = new Set<string>();
  for (const file of outputs) {
    const id = await fileId(file);
    if (outputIds.has(id)) {
      throw new UsageError(`--output uses ${file} for two reports. Use a different file for each report.`);
    }
    if (inputIds.has(id) || (await isInFolder(file, inputPaths))) {
      throw new UsageError(`--output ${file} would overwrite an input file. Use a different file.`);
    }
    outputIds.add(id);
  }
};

/** Whether an existing file is in one of the folders, and is therefore read as an input. */
const isInFolder = async (file: string, folders: readonly string[]): Promise<boolean> => {
  const path = await realpath(file).catch(() => undefined);
  return path !== undefined && folders.some((folder) => path.startsWith(folder.replace(/\/?$/, '/')));
};

/** An id that is the same for all paths of one file, links included. */
const fileId = async (file: string): Promise<string> => {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  if (found) return `${found.dev}:${found.ino}`;
  // A link to a file that does not exist yet.
  const target = await readlink(file).catch(() => undefined);
  if (target !== undefined) return fileId(resolve(dirname(file), target));
  const folder = await realpath(dirname(file)).catch(() => undefined);
  // Reading or writing the file reports what is wrong with its path.
  return folder === undefined ? resolve(file) : join(folder, basename(file));
};
