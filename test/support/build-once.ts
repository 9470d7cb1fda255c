import { execFileSync } from 'node:child_process';
import { ROOT } from './project.js';

/** Builds the command before the first suite that runs it. */
export const setup = (): void => {
  execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'pipe' });
};
