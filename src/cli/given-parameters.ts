import { RuleParametersError } from '../core/errors.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import { PARAMETER_NAMES, parseRuleParameters, type RuleParameters } from '../core/rule-parameters.js';
import { didYouMean } from './did-you-mean.js';
import { readText } from './read-text.js';
import { splitAtEquals } from './split-at-equals.js';
import { UsageError } from './usage-error.js';

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
