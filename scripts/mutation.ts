import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';

/** What became of the mutants: those that a test kills (also by never ending), and those beside which a comment says why none could. */
type Score = Readonly<Record<'mutants' | 'killed' | 'survived' | 'justified' | 'score', number>>;

const SCORE = fileURLToPath(new URL('../test/mutation-score.json', import.meta.url));

/** What every run has in common. What it leaves lies in `.stryker`: an HTML report shows each mutant that survived. */
const OPTIONS: ConstructorParameters<typeof Stryker>[0] = {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  mutate: ['src/core/**/*.ts'],
  ignorePatterns: ['/release', '/dist', '/coverage', '/examples', '/bench', '.*'],
  // Stryker would read tsconfig.json by an API that TypeScript no longer has; vitest takes the types away without it.
  tsconfigFile: 'none',
  disableTypeChecks: false,
  concurrency: 2,
  incremental: true,
  incrementalFile: '.stryker/incremental.json',
  tempDirName: '.stryker/sandbox',
  reporters: ['clear-text', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: '.stryker/mutation.html' },
};

/** Changes the core in every way that Stryker knows, a change at a time, and counts the changes that no test sees. */
const run = async (files: readonly string[]): Promise<Score> => {
  // All of it is counted anew; a part, while somebody works on it, only where it changed.
  const options = files.length > 0 ? { mutate: [...files] } : { force: true };
  const results = await new Stryker({ ...OPTIONS, ...options }).runMutationTest();
  const those = (...statuses: readonly string[]) =>
    results.filter(({ status }) => statuses.includes(status)).length;
  const [killed, survived] = [those('Killed', 'Timeout'), those('Survived', 'NoCoverage')];
  const mutants = killed + survived;
  // Rounded down, so that 100 means all of them.
  const score = Math.floor((killed / mutants) * 10_000) / 100;
  return { mutants, killed, survived, justified: those('Ignored'), score };
};

const files = process.argv.slice(2);
const score = await run(files);
// The score is that of the whole core: a part of it says nothing about the rest.
if (files.length === 0) writeFileSync(SCORE, `${JSON.stringify(score, null, 2)}\n`);
console.log(score);
process.exitCode = score.survived > 0 ? 1 : 0;
