import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parseJson } from '../../core/json-value.js';
import { type ExitCode, type Report, reviseReport } from '../../core/report.js';
import schema from '../../core/report.schema.json' with { type: 'json' };
import { reasonOf } from '../../input/problem.js';
import { parseReportOptions, type RawReportOptions, readText } from '../evaluation-options.js';
import { finish, type Words } from '../output.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';

/**
 * Writes the report in a JSON file in other formats, filtered, with waivers, or compared with an earlier one. It evaluates nothing.
 *
 * @throws UsageError for an invalid command line, or a file that is not a JSON report of Trailkey
 */
export const report = async (file: string, raw: RawReportOptions, terminal: Terminal): Promise<ExitCode> => {
  const options = await parseReportOptions(raw, [file]);
  const { earlier, waivers } = options;
  const revised = reviseReport(await readReport(file), { earlier, waivers, now: terminal.now() });
  return finish(revised, options, { terminal, notes: [], words: WORDS });
};

const WORDS: Words = {
  noTrail: 'The report contains no CloudTrail trails.',
  nothingEvaluated: 'No trail was evaluated: the report contains only findings that are NOT_APPLICABLE.',
};

const readReport = async (file: string): Promise<Report> => {
  const text = await readText(file).catch((error: unknown) => {
    throw new UsageError(`${file}: ${reasonOf(error)}`, { cause: error });
  });
  const value = parseJson(text);
  const ajv = new Ajv2020({ allowUnionTypes: true });
  addFormats.default(ajv);
  const isReport = ajv.compile<Report>(schema);
  if (isReport(value)) return value;
  const reason =
    value === undefined ? 'it is not JSON' : ajv.errorsText(isReport.errors, { dataVar: 'report' });
  throw new UsageError(`${file} must be a JSON report of trailkey: ${reason}.`);
};
