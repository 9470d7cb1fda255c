import type { JudgingOptions } from './judging-options.js';
import { grouped } from './reporters/amount.js';

/**
 * What GitHub's code scanning takes: a run with more results is refused, and so is a file with more runs.
 *
 * @see https://docs.github.com/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
 */
export const MAX_RESULTS_PER_RUN = 25_000;
const MAX_RUNS_PER_FILE = 20;
const MAX_RESULTS = MAX_RESULTS_PER_RUN * MAX_RUNS_PER_FILE;

/** What is to be said where a SARIF report was asked for, and it has more findings than code scanning takes. */
export const notesOnCodeScanning = (
  findings: number,
  { format, outputs, quiet }: Pick<JudgingOptions, 'format' | 'outputs'> & { readonly quiet?: boolean },
): readonly string[] => {
  const isWanted = outputs.some((output) => output.format === 'sarif') || (format === 'sarif' && !quiet);
  if (!isWanted || findings <= MAX_RESULTS) return [];
  const [limit, size] = [MAX_RESULTS, findings].map(grouped);
  return [
    `GitHub takes ${limit} results in a SARIF file, and this report has ${size}. Judge fewer accounts at a time to upload it.`,
  ];
};
