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

/** The parts of a CloudFormation template that this script changes. */
type Template = Json & {
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Json } & Json>>;
  readonly Outputs: Json;
};

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Creates `release/` from the output of `serverless package`. The build is reproducible: two runs produce the same bytes. */
const release = async (): Promise<void> => {
  // On a bundling error, serverless-esbuild hangs and prints the error only when it is stopped.
  execFileSync('npm', ['run', 'package'], { cwd: ROOT, stdio: 'inherit', timeout: 120_000 });
  rmSync(RELEASE, { recursive: true, force: true });
  for (const folder of FOLDERS) mkdirSync(RELEASE + folder, { recursive: true });

  copyFileSync(`${ROOT}.serverless/configRule.zip`, `${RELEASE}trailkey-config-rule.zip`);
  const compiled: Template = JSON.parse(
    readFileSync(`${ROOT}.serverless/cloudformation-template-update-stack.json`, 'utf8'),
  );
  const artifactKey = `trailkey/${manifest.version}/${sha256(`${RELEASE}trailkey-config-rule.zip`)}.zip`;
  writeJson('trailkey-stackset.json', stackSetTemplate(compiled, artifactKey));
  for (const folder of ['conformance-packs', 'cloudformation']) {
    for (const file of readdirSync(ROOT + folder))
      copyFileSync(`${ROOT}${folder}/${file}`, `${RELEASE}${folder}/${file}`);
  }
  for (const { Properties } of documentsIn(compiled)) {
    writeJson(`ssm-documents/${Properties['Name']}.json`, Properties['Content']);
  }
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
  const checksums = files.map((file) => [file, sha256(RELEASE + file)] as const);
  writeFileSync(`${RELEASE}SHA256SUMS`, checksums.map(([file, sum]) => `${sum}  ${file}\n`).join(''));
  writeJson('manifest.json', {
    name: manifest.name,
    version: manifest.version,
    artifactKey,
    files: Object.fromEntries(checksums),
  });
  console.log(
    `release/ contains version ${manifest.version}. Next: upload the zip to S3 with the key ${artifactKey} (docs/deploy-organization.md).`,
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
 * Derives the template of the StackSet from that of the stack for one account. The code is in a bucket in each Region, PREFIX-REGION,
 * instead of the deployment bucket, and by default a conformance pack creates the rule.
 */
const stackSetTemplate = (compiled: Template, artifactKey: string): Template => ({
  ...compiled,
  Parameters: {
    ArtifactBucketPrefix: {
      Type: 'String',
      AllowedPattern: '^[a-z0-9][a-z0-9.-]{1,40}$',
      Description:
        'Prefix of the buckets that contain the code. Each Region needs a bucket PREFIX-REGION that all accounts can read.',
    },
    ArtifactKey: {
      Type: 'String',
      Default: artifactKey,
      Description: 'S3 key of the code. It contains a checksum, so that an update deploys new code.',
    },
    ...compiled.Parameters,
    CreateRule: { ...compiled.Parameters['CreateRule'], Default: 'false' },
  },
  // For the stack of one account, stack-parameters.cjs checks this. Without the rule, the conditions would ignore the setting.
  Rules: {
    AutomaticRemediationRequiresKey: {
      RuleCondition: { 'Fn::Equals': [{ Ref: 'AutomaticRemediation' }, 'true'] },
      Assertions: [
        {
          Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'RemediationKey' }, ''] }] },
          AssertDescription: 'AutomaticRemediation requires RemediationKey, the key to configure for trails.',
        },
        {
          Assert: { 'Fn::Equals': [{ Ref: 'CreateRule' }, 'true'] },
          AssertDescription:
            'AutomaticRemediation requires CreateRule true: the pack of an organization is always manual.',
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
