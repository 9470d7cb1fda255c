import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { unzipSync } from 'fflate';
import { NODE } from './node.js';
import { ROOT } from './project.js';

/** The zip that `npm run package` makes, unpacked. */
export type Artifact = {
  readonly folder: string;
  readonly handler: string;
  readonly zippedBytes: number;
  readonly bytes: number;
  readonly files: readonly string[];
};

/** Packages the function and unpacks it. */
export const packageArtifact = (): Artifact => {
  execFileSync('npm', ['run', 'package'], { cwd: ROOT, stdio: 'pipe' });
  return unpackArtifact();
};

/** Unpacks the zip that was made before into a new folder, as Lambda does. */
export const unpackArtifact = (): Artifact => {
  const zip = readFileSync(`${ROOT}.serverless/configRule.zip`);
  const entries = Object.entries(unzipSync(zip));
  const folder = mkdtempSync(join(tmpdir(), 'trailkey-artifact-'));
  for (const [name, content] of entries) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return {
    folder,
    handler: join(folder, 'handlers/config-rule.cjs'),
    zippedBytes: zip.length,
    bytes: entries.reduce((sum, [, { length }]) => sum + length, 0),
    files: entries.map(([name]) => name),
  };
};

/** What an invocation of the artifact threw, if it did, and all that it logged. */
export type ArtifactRun = {
  readonly errors: readonly ({ readonly name: string; readonly message: string } | null)[];
  readonly log: string;
};

/** The environment variables that Lambda would set, with some more. */
export const artifactEnvironment = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_REGION: 'eu-west-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  ...more,
});

/** Invokes the unpacked handler with events, one after another, in one process of its own. */
export const runArtifact = (
  { handler }: Artifact,
  events: readonly unknown[],
  env: Readonly<Record<string, string>>,
): Promise<ArtifactRun> => {
  const child = spawn(NODE.command, [...NODE.args, `${ROOT}test/support/invoke-artifact.cjs`, handler], {
    env: artifactEnvironment(env),
  });
  let [output, log] = ['', ''];
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    log += text;
  });
  child.stdin.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(log));
      else
        resolve({
          errors: output
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line)),
          log,
        });
    });
  });
};
