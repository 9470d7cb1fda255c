import { readFile } from 'node:fs/promises';
import { RuleParametersError } from '../core/errors.js';
import { FAIL_ON, type FailOn } from '../core/exit-code.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import { PARAMETER_NAMES, parseRuleParameters, type RuleParameters } from '../core/rule-parameters.js';
import { didYouMean } from './did-you-mean.js';
import { FORMATS, type Format, isFormat } from './reporters/reporter.js';
import { UsageError } from './usage-error.js';

/** The options of a judging command, as the command line has them. */
export type RawJudgingOptions = {
  readonly format: string;
  readonly output?: readonly string[];
  readonly param?: readonly string[];
  readonly paramFile?: string;
  readonly failOn: string;
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
  readonly quiet: boolean;
};

/**
 * Checks the options of a judging command.
 *
 * @throws UsageError, RuleParametersError with what is wrong
 */
export const parseJudgingOptions = async (raw: RawJudgingOptions): Promise<JudgingOptions> => {
  const given = { ...(await parametersInFile(raw.paramFile)), ...parametersIn(raw.param ?? []) };
  return {
    format: formatNamed(raw.format),
    outputs: (raw.output ?? []).map(outputIn),
    parameters: checkedParameters(given),
    givenParameters: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    failOn: failOnNamed(raw.failOn),
    quiet: raw.quiet ?? false,
  };
};

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
  throw new UsageError(
    `There is no format "${name}".${didYouMean(name, FORMATS)} The formats are ${FORMATS.join(', ')}.`,
  );
};

const failOnNamed = (name: string): FailOn => {
  const found = FAIL_ON.find((choice) => choice === name);
  if (found) return found;
  throw new UsageError(
    `--fail-on should be ${FAIL_ON.join(' or ')} and is "${name}".${didYouMean(name, FAIL_ON)}`,
  );
};
