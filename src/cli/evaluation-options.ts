import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type EarlierReport, parseEarlierReport } from '../core/comparison.js';
import { FormatError, RuleParametersError } from '../core/errors.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import { FAIL_ON, type FailOn } from '../core/report.js';
import { PARAMETER_NAMES, parseRuleParameters, type RuleParameters } from '../core/rule-parameters.js';
import { FORMATS, type Format, isFormat } from './reporters/index.js';
import { didYouMean, UsageError } from './usage-error.js';

/** The options of a judging command, as the command line has them. */
export type RawEvaluationOptions = RawParameters & {
  readonly format: string;
  readonly output?: readonly string[];
  readonly failOn: string;
  readonly sinceReport?: string;
  readonly quiet?: boolean;
};

/** The options of a judging command, checked. */
export type EvaluationOptions = {
  readonly format: Format;
  readonly outputs: readonly { readonly format: Format; readonly file: string }[];
  readonly parameters: RuleParameters;
  /** The parameters as they were given, for the report. */
  readonly givenParameters: Readonly<Record<string, string>>;
  readonly failOn: FailOn;
  /** What the findings are compared with, if anything. */
  readonly earlier: EarlierReport | undefined;
  readonly quiet: boolean;
};

/**
 * Checks the options of a judging command. `inputs` are the files that it reads besides those that they name.
 *
 * @throws UsageError, RuleParametersError with what is wrong
 */
export const parseEvaluationOptions = async (
  raw: RawEvaluationOptions,
  inputs: readonly string[],
): Promise<EvaluationOptions> => {
  const outputs = (raw.output ?? []).map(outputIn);
  const read = [...inputs, raw.paramFile, raw.sinceReport].filter((file) => file !== undefined);
  await refuseSharedFiles(
    outputs.map(({ file }) => file),
    read,
  );
  const { given, parameters } = await parametersGiven(raw);
  return {
    format: formatNamed(raw.format),
    outputs,
    parameters,
    givenParameters: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    failOn: failOnNamed(raw.failOn, raw.sinceReport),
    earlier: raw.sinceReport === undefined ? undefined : await earlierReportIn(raw.sinceReport),
    quiet: raw.quiet ?? false,
  };
};

const outputIn = (text: string) => {
  const [format, file] = splitAtEquals(text, '--output', { shape: 'FORMAT=FILE', needsValue: true });
  return { format: formatNamed(format), file };
};

const formatNamed = (name: string): Format => {
  if (isFormat(name)) return name;
  throw new UsageError(
    `There is no format "${name}".${didYouMean(name, FORMATS)} The formats are ${FORMATS.join(', ')}.`,
  );
};

const failOnNamed = (name: string, sinceReport: string | undefined): FailOn => {
  const found = FAIL_ON.find((choice) => choice === name);
  if (found === undefined)
    throw new UsageError(
      `--fail-on should be ${FAIL_ON.join(' or ')} and is "${name}".${didYouMean(name, FAIL_ON)}`,
    );
  if (found !== 'new' || sinceReport !== undefined) return found;
  throw new UsageError('--fail-on new needs an earlier JSON report: name it with --since-report FILE.');
};

const earlierReportIn = async (file: string): Promise<EarlierReport> => {
  const text = await readText(file).catch((error: Error) => {
    throw new UsageError(`--since-report cannot be read: ${error.message}`);
  });
  const expected = `--since-report should be a JSON report of trailkey, and ${file} is`;
  const report = parseJson(text);
  if (report === undefined) throw new UsageError(`${expected} not JSON.`);
  try {
    return parseEarlierReport(report);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new UsageError(`${expected} none: ${error.message}.`);
  }
};

/** The options by which the rule's parameters are given. */
export type RawParameters = { readonly param?: readonly string[]; readonly paramFile?: string };

/** The rule's parameters, as they are given and as they are understood. */
export type GivenParameters = {
  readonly given: Readonly<Record<string, unknown>>;
  readonly parameters: RuleParameters;
};

/**
 * Reads the rule's parameters: those of `--param` win over those of `--param-file`.
 *
 * @throws UsageError, RuleParametersError where the file cannot be read, or a parameter is wrong or given twice
 */
export const parametersGiven = async ({ param = [], paramFile }: RawParameters): Promise<GivenParameters> => {
  const given = { ...(await parametersInFile(paramFile)), ...parametersIn(param) };
  return { given, parameters: checkedParameters(given) };
};

const parametersIn = (pairs: readonly string[]): Readonly<Record<string, string>> => {
  const given = new Map<string, string>();
  for (const pair of pairs) {
    const [name, value] = splitAtEquals(pair, '--param', { shape: 'name=value', needsValue: false });
    if (given.has(name)) throw new UsageError(`--param names ${name} twice. Give each parameter once.`);
    given.set(name, value);
  }
  return Object.fromEntries(given);
};

const parametersInFile = async (file: string | undefined): Promise<Readonly<Record<string, unknown>>> => {
  if (file === undefined) return {};
  const text = await readText(file).catch((error: Error) => {
    throw new UsageError(`--param-file cannot be read: ${error.message}`);
  });
  const parsed = parseJson(text);
  if (isJsonObject(parsed)) return parsed;
  throw new UsageError(`--param-file should be a JSON object of names and values, and ${file} is none.`);
};

const checkedParameters = (given: Readonly<Record<string, unknown>>): RuleParameters => {
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

/**
 * Splits a value such as `name=value` at its first equals sign.
 *
 * @throws UsageError that names the option and the shape that it should have
 */
export const splitAtEquals = (
  text: string,
  option: string,
  { shape, needsValue }: Shape,
): readonly [string, string] => {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && (value !== '' || !needsValue)) return [name, value];
  throw new UsageError(`${option} should be ${shape} and is "${text}".`);
};

type Shape = { readonly shape: string; readonly needsValue: boolean };

const LITTLE_ENDIAN = Buffer.from([0xff, 0xfe]);
const BIG_ENDIAN = Buffer.from([0xfe, 0xff]);

/**
 * Reads a small file as text: UTF-8, or UTF-16 where it begins with a byte-order mark, as what Windows PowerShell redirects into a
 * file does. The mark is taken away.
 *
 * @throws whatever reading throws
 */
export const readText = async (file: string): Promise<string> => {
  const bytes = await readFile(file);
  return new TextDecoder(encodingOf(bytes.subarray(0, 2))).decode(bytes);
};

const encodingOf = (head: Buffer): string => {
  if (head.equals(LITTLE_ENDIAN)) return 'utf-16le';
  return head.equals(BIG_ENDIAN) ? 'utf-16be' : 'utf-8';
};

/**
 * Makes sure that each report has a file of its own, and none of those that are read.
 *
 * @throws UsageError that names the file
 */
export const refuseSharedFiles = async (
  outputs: readonly string[],
  inputs: readonly string[],
): Promise<void> => {
  if (outputs.length === 0) return;
  const read = new Set(await Promise.all(inputs.map(identityOf)));
  const written = new Set<string>();
  for (const file of outputs) {
    const identity = await identityOf(file);
    if (written.has(identity)) {
      throw new UsageError(`--output names ${file} for two reports. Give each report a file of its own.`);
    }
    if (read.has(identity)) {
      throw new UsageError(`--output ${file} would overwrite what is read from it. Name another file.`);
    }
    written.add(identity);
  }
};

/** The same for all names of one file: links count as what they lead to. */
const identityOf = async (file: string): Promise<string> => {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  if (found) return `${found.dev}:${found.ino}`;
  const folder = await realpath(dirname(file)).catch(() => undefined);
  // What is wrong with a path is told where it is read or written.
  return folder === undefined ? resolve(file) : join(folder, basename(file));
};
