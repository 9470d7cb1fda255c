import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { billOfMaterials } from './sbom.js';
import { stackSetTemplate, type Template } from './stackset-template.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RELEASE = `${ROOT}release/`;
const FOLDERS = ['cloudformation', 'conformance-packs', 'ssm-documents'];

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Makes `release/` of what `serverless package` compiled: made twice, the bytes are the same. */
const release = async (): Promise<void> => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/package.ts'], { cwd: ROOT, stdio: 'inherit' });
  rmSync(RELEASE, { recursive: true, force: true });
  for (const folder of FOLDERS) mkdirSync(RELEASE + folder, { recursive: true });

  copyFileSync(`${ROOT}.serverless/configRule.zip`, `${RELEASE}trailkey-config-rule.zip`);
  const compiled: Template = JSON.parse(
    readFileSync(`${ROOT}.serverless/cloudformation-template-update-stack.json`, 'utf8'),
  );
  const artifactKey = `trailkey/${manifest.version}/${sha256(`${RELEASE}trailkey-config-rule.zip`)}.zip`;
  writeJson('trailkey-stackset.json', stackSetTemplate(compiled, artifactKey));
  for (const pack of readdirSync(`${ROOT}conformance-packs`).toSorted()) {
    copyFileSync(`${ROOT}conformance-packs/${pack}`, `${RELEASE}conformance-packs/${pack}`);
  }
  for (const { Properties } of documentsIn(compiled)) {
    writeJson(`ssm-documents/${Properties['Name']}.json`, Properties['Content']);
  }
  copyFileSync(`${ROOT}cloudformation/trail-key.yaml`, `${RELEASE}cloudformation/trail-key.yaml`);
  copyFileSync(`${ROOT}THIRD-PARTY-NOTICES`, `${RELEASE}THIRD-PARTY-NOTICES`);
  writeJson('sbom.cdx.json', await billOfMaterials());
  const files = [
    'trailkey-config-rule.zip',
    'trailkey-stackset.json',
    'sbom.cdx.json',
    'THIRD-PARTY-NOTICES',
    ...FOLDERS.flatMap((folder) => filesIn(folder)),
  ];
  writeFileSync(`${RELEASE}SHA256SUMS`, files.map((file) => `${sha256(RELEASE + file)}  ${file}\n`).join(''));
  writeJson('manifest.json', {
    name: manifest.name,
    version: manifest.version,
    artifactKey,
    files: Object.fromEntries(files.map((file) => [file, sha256(RELEASE + file)])),
  });
  console.log(
    `release/ holds version ${manifest.version}. Upload the zip as ${artifactKey}; docs/deploy-organization.md says how.`,
  );
};

const documentsIn = ({ Resources }: Template) =>
  Object.values(Resources).filter(({ Type }) => Type === 'AWS::SSM::Document');

const filesIn = (folder: string): readonly string[] =>
  readdirSync(RELEASE + folder)
    .toSorted()
    .map((file) => `${folder}/${file}`);

const writeJson = (name: string, value: unknown): void =>
  writeFileSync(RELEASE + name, `${JSON.stringify(value, null, 2)}\n`);

await release();
