import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { parseDocument } from 'yaml';
import { ROOT, textAt } from './project.js';

type Settings = Readonly<Record<string, any>>;

const SHIPPED: Settings = parseDocument(textAt('serverless.yml'), { logLevel: 'silent' }).toJS().custom
  .trailkey;

/** Settings in place of those in serverless.yml; in a group, only those that are given. */
const withShipped = (settings: Settings): Settings => ({
  ...SHIPPED,
  ...Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'object' ? { ...SHIPPED[name], ...value } : value,
    ]),
  ),
});

// In a process of its own: the script loads a part of the core again, which would count as coverage.
const SCRIPT = `
  const check = require('./scripts/stack-parameters.cjs');
  const errorOf = (settings) => check({ resolveVariable: async () => settings }).then(() => '', ({ message }) => message);
  Promise.all(JSON.parse(process.argv[1]).map(errorOf)).then((messages) => console.log(JSON.stringify(messages)));`;

/** The error of the packaging for each of these settings; empty where they are right. */
export const packagingErrors = (...settings: readonly Settings[]): readonly string[] => {
  const args = ['-e', SCRIPT, JSON.stringify(settings.map(withShipped))];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};
