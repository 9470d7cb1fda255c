import { execFileSync } from 'node:child_process';
import { ROOT } from './project.js';

/** Makes a release, and with it the function's zip, before the first test: several files look at them, side by side. */
export const setup = (): void => {
  execFileSync('npm', ['run', 'release'], { cwd: ROOT, stdio: 'pipe' });
};
