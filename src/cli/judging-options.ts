import { type EarlierReport, parseEarlierReport } from '../core/earlier-report.js';
import { FormatError } from '../core/errors.js';
import { FAIL_ON, type FailOn } from '../core/exit-code.js';
import { parseJson } from '../core/json-value.js';
import type { RuleParameters } from '../core/rule-parameters.js';
import { didYouMean } from './did-you-mean.js';
import { parametersGiven, type RawParameters } from './given-parameters.js';
import { refuseSharedFiles } from './output-files.js';
import { readText } from './read-text.js';
import { FORMATS, type Format, isFormat } from './reporters/reporter.js';
import { splitAtEquals } from './split-at-equals.js';
import { UsageError } from './usage-error.js';

/** The options of a judging command, as the command line has them. */
export type RawJudgingOptions = RawParameters & {
  readonly format: string;
  readonly output?: readonly string[];
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
 * Checks the options of a judging command. `inputs` are the files that it reads besides those that they name.
 *
 * @throws UsageError, RuleParametersError with what is wrong
 */
export const parseJudgingOptions = async (
  raw: RawJudgingOptions,
  inputs: readonly string[],
): Promise<JudgingOptions> => {
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
