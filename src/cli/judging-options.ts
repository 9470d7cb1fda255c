import { readFile } from 'node:fs/promises';
import { type EarlierReport, parseEarlierReport } from '../core/earlier-report.js';
import { FormatError } from '../core/errors.js';
import { FAIL_ON, type FailOn } from '../core/exit-code.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import { parseRuleParameters, type RuleParameters } from '../core/rule-parameters.js';
import { FORMATS, type Format, isFormat } from './reporters/reporter.js';
import { UsageError } from './usage-error.js';

/** The options of a judging command, as the command line has them. */
export type RawJudgingOptions = {
  readonly format: string;
  readonly output?: readonly string[];
  readonly param?: readonly string[];
  readonly paramFile?: string;
  readonly failOn: string;
  readonly sinceReport?: string;
  readonly quiet?: boolean;
};

/** The options of a judging command, checked. */
export type JudgingOptions = {
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
 * Checks the options of a judging command.
 *
 * @throws UsageError, RuleParametersError with what is wrong
 */
export const parseJudgingOptions = async (raw: RawJudgingOptions): Promise<JudgingOptions> => {
  const given = await parametersGiven(raw);
  return {
    format: formatNamed(raw.format),
    outputs: (raw.output ?? []).map(outputIn),
    parameters: parseRuleParameters(given),
    givenParameters: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    failOn: failOnNamed(raw.failOn, raw.sinceReport),
    earlier: raw.sinceReport === undefined ? undefined : await earlierReportIn(raw.sinceReport),
    quiet: raw.quiet ?? false,
  };
};

/**
 * The rule's parameters as they are given: those of `--param` win over those of `--param-file`.
 *
 * @throws UsageError where the file cannot be read, or a parameter is given twice
 */
export const parametersGiven = async ({
  param = [],
  paramFile,
}: Pick<RawJudgingOptions, 'param' | 'paramFile'>): Promise<Readonly<Record<string, unknown>>> => ({
  ...(await parametersInFile(paramFile)),
  ...parametersIn(param),
});

const parametersIn = (pairs: readonly string[]): Readonly<Record<string, string>> => {
  const given = new Map<string, string>();
  for (const pair of pairs) {
    const [name, value] = split(pair, '--param', { shape: 'name=value', needsValue: false });
    if (given.has(name)) throw new UsageError(`--param names ${name} twice. Give each parameter once.`);
    given.set(name, value);
  }
  return Object.fromEntries(given);
};

const parametersInFile = async (file: string | undefined): Promise<Readonly<Record<string, unknown>>> => {
  if (file === undefined) return {};
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`--param-file cannot be read: ${error.message}`);
  });
  const parsed = parseJson(text);
  if (isJsonObject(parsed)) return parsed;
  throw new UsageError(`--param-file should be a JSON object of names and values, and ${file} is none.`);
};

const outputIn = (text: string) => {
  const [format, file] = split(text, '--output', { shape: 'FORMAT=FILE', needsValue: true });
  return { format: formatNamed(format), file };
};

const split = (text: string, option: string, { shape, needsValue }: Shape): readonly [string, string] => {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && (value !== '' || !needsValue)) return [name, value];
  throw new UsageError(`${option} should be ${shape} and is "${text}".`);
};

type Shape = { readonly shape: string; readonly needsValue: boolean };

const formatNamed = (name: string): Format => {
  if (isFormat(name)) return name;
  throw new UsageError(`There is no format "${name}". The formats are ${FORMATS.join(', ')}.`);
};

const failOnNamed = (name: string, sinceReport: string | undefined): FailOn => {
  const found = FAIL_ON.find((choice) => choice === name);
  if (found === undefined)
    throw new UsageError(`--fail-on should be ${FAIL_ON.join(' or ')} and is "${name}".`);
  if (found !== 'new' || sinceReport !== undefined) return found;
  throw new UsageError('--fail-on new needs an earlier JSON report: name it with --since-report FILE.');
};

const earlierReportIn = async (file: string): Promise<EarlierReport> => {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`--since-report cannot be read: ${error.message}`);
  });
  try {
    return parseEarlierReport(parseJson(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new UsageError(
      `--since-report should be a JSON report of trailkey, and ${file} is none: ${error.message}.`,
    );
  }
};
