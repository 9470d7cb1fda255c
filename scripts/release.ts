import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { billOfMaterials, bundledPackages, thirdPartyNotices } from './third-party.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RELEASE = `${ROOT}release/`;
const FOLDERS = ['cloudformation', 'conformance-packs', 'ssm-documents'];
const FUNCTION = 'ConfigRuleLambdaFunction';
const DEPLOYMENT_BUCKET = /^ServerlessDeploymentBucket/;

type Json = Readonly<Record<string, unknown>>;

/** A CloudFormation template, as far as it is changed here. */
type Template = Json & {
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Json } & Json>>;
  readonly Outputs: Json;
};

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Makes `release/` of what `serverless package` compiled: made twice, the bytes are the same. */
const release = async (): Promise<void> => {
  // serverless-esbuild never ends if the bundle has an error, and prints it only when it is stopped.
  execFileSync('npm', ['run', 'package'], { cwd: ROOT, stdio: 'inherit', timeout: 120_000 });
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
  const bundled = await bundledPackages();
  writeFileSync(`${RELEASE}THIRD-PARTY-NOTICES`, thirdPartyNotices(bundled));
  writeJson('sbom.cdx.json', billOfMaterials(bundled));
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

/**
 * Derives the template of the StackSet from that of the one-account stack: the code comes from a bucket in each Region, named by a
 * prefix, in place of the deployment bucket and its time-stamped key; and the rule is left to a conformance pack unless asked for.
 */
const stackSetTemplate = (compiled: Template, artifactKey: string): Template => ({
  ...compiled,
  Parameters: {
    ArtifactBucketPrefix: {
      Type: 'String',
      AllowedPattern: '^[a-z0-9][a-z0-9.-]{1,40}$',
      Description:
        'The code is taken from the bucket PREFIX-REGION, one in each Region, which every account may read.',
    },
    ArtifactKey: {
      Type: 'String',
      Default: artifactKey,
      Description:
        'The key of the code in that bucket. It holds the checksum, so that an update brings new code.',
    },
    ...compiled.Parameters,
    CreateRule: { ...compiled.Parameters['CreateRule'], Default: 'false' },
  },
  // What the settings of the one-account stack are checked for before; conditions alone would pass over it in silence.
  Rules: {
    AutomaticRemediationDemandsKey: {
      RuleCondition: { 'Fn::Equals': [{ Ref: 'AutomaticRemediation' }, 'true'] },
      Assertions: [
        {
          Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'RemediationKey' }, ''] }] },
          AssertDescription: 'AutomaticRemediation demands a RemediationKey, the key that trails are given.',
        },
      ],
    },
  },
  Resources: Object.fromEntries(
    Object.entries(compiled.Resources)
      .filter(([name]) => !DEPLOYMENT_BUCKET.test(name))
      .map(([name, resource]) => [name, name === FUNCTION ? withCode(resource) : resource]),
  ),
  Outputs: Object.fromEntries(
    Object.entries(compiled.Outputs).filter(([name]) => !DEPLOYMENT_BUCKET.test(name)),
  ),
});

const withCode = <T extends { readonly Properties: Json }>(resource: T): T => ({
  ...resource,
  Properties: {
    ...resource.Properties,
    Code: {
      S3Bucket: { 'Fn::Sub': `\${ArtifactBucketPrefix}-\${AWS::Region}` },
      S3Key: { Ref: 'ArtifactKey' },
    },
  },
});

await release();
