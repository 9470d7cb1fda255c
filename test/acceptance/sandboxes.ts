import { onTestFinished } from 'vitest';
import { replayer } from '../automation/recording.js';
import type { Deployment } from '../support/acceptance/dashboard.js';
import { openSandbox, type Sandbox } from '../support/acceptance/sandbox.js';
import { textAt } from '../support/project.js';

const { run: RECORDED } = JSON.parse(textAt('test/automation/recorded/acceptance.json'));

/** Opens a sandbox whose documents run with the scripts as recorded, until the test has finished. */
export const sandboxWith = async (deployment: Partial<Deployment> = {}): Promise<Sandbox> => {
  const sandbox = await openSandbox((endpoint) => replayer(endpoint, RECORDED), deployment);
  onTestFinished(() => sandbox.close());
  return sandbox;
};

/** The start of the line that is printed before everything is removed. */
export const REMOVING = 'Removing everything';
/** The number of the step that runs, from what was printed so far; 0 while everything is removed. */
export const stepIn = (stderr: string): number =>
  stderr.includes(REMOVING)
    ? 0
    : Number(
        stderr
          .match(/^\[\d+/gm)
          ?.at(-1)
          ?.slice(1) ?? 0,
      );

/** The rows of the table of steps in a report: what was seen, by the title of the step. */
export const rowsIn = (report: string | undefined): readonly (readonly [string, string])[] =>
  [...(report ?? '').matchAll(/^\| (.*?) \| .*? \| (.*?) \| .*? \|$/gm)]
    .slice(2)
    .map(([, title = '', seen = '']) => [title, seen]);
