import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ROOT, textAt } from '../support/project.js';

/** The problems that the linter finds in documents, by line. */
const lint = (paths: readonly string[]): readonly string[] => {
  const { stdout, stderr, status, error } = spawnSync(
    'python3',
    ['test/support/lint_documents.py', ...paths],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  expect(error).toBeUndefined();
  expect(stderr, "This needs botocore: pip install 'moto[server]' boto3 cfn-lint awscli").toBe('');
  const lines = stdout.split('\n').filter((line) => line !== '');
  expect(status).toBe(lines.length === 0 ? 0 : 1);
  return lines;
};

/** A value whose numbers and booleans are strings. */
const withStrings = (value: any): any => {
  if (Array.isArray(value)) return value.map(withStrings);
  if (typeof value !== 'object') return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withStrings(entry)]));
};

describe('the documents of a release', () => {
  beforeAll(() => {
    execFileSync('npm', ['run', 'release'], { cwd: ROOT, stdio: 'pipe' });
  });

  it('call only what AWS has, and give each script what it reads', () => {
    const folder = 'release/ssm-documents';
    const names = readdirSync(ROOT + folder).filter((name) => name.endsWith('.json'));

    expect(names).toEqual(
      expect.arrayContaining([
        'Trailkey-BackOut.json',
        'Trailkey-EncryptTrail-Organization.json',
        'Trailkey-EncryptTrail.json',
        'Trailkey-RestoreKey.json',
      ]),
    );
    expect(lint(names.map((name) => `${folder}/${name}`))).toEqual([]);
  });

  // CloudFormation makes every primitive a string, and writes YAML. What remains a string keeps its meaning; a parameter does not.
  it('have no other problems as CloudFormation sends them', () => {
    const folder = mkdtempSync(`${tmpdir()}/trailkey-documents-`);
    const paths = readdirSync(`${ROOT}release/ssm-documents`).map((name) => {
      const document = withStrings(JSON.parse(textAt(`release/ssm-documents/${name}`)));
      const kinds = Object.values<any>(document.parameters).map(({ type }) => type);
      expect(kinds.filter((kind) => ['Integer', 'Boolean'].includes(kind))).toEqual([]);
      const path = `${folder}/${name.replace('.json', '.yaml')}`;
      writeFileSync(path, stringify(document, { defaultStringType: 'QUOTE_DOUBLE' }));
      return path;
    });

    expect(lint(paths)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

const SCRIPT = `
import boto3
from botocore.exceptions import ClientError


def client(service, region):
    return boto3.client(service, region_name=region)


def look(events, context):
    keys = client("kms", events["Region"])
    key = keys.describe_key(KeyId=events["KeyId"])["KeyMetadata"]
    trails = boto3.client("cloudtrail").get_paginator("list_trails").paginate()
    return {"State": key["KeyState"], "Count": len(list(trails))}
`;

/** A small document with nothing wrong. */
const good = (): any => ({
  schemaVersion: '0.3',
  assumeRole: '{{ Role }}',
  parameters: {
    Role: { type: 'AWS::IAM::Role::Arn' },
    Names: { type: 'StringList' },
    Mode: { type: 'String' },
  },
  mainSteps: [
    {
      name: 'Look',
      action: 'aws:executeScript',
      inputs: {
        Runtime: 'python3.11',
        Handler: 'look',
        Script: SCRIPT,
        InputPayload: { KeyId: 'alias/{{ Mode }}', Region: '{{ global:REGION }}' },
      },
      outputs: [
        { Name: 'State', Selector: '$.Payload.State', Type: 'String' },
        { Name: 'Count', Selector: '$.Payload.Count', Type: 'String' },
      ],
    },
    {
      name: 'List',
      action: 'aws:executeAwsApi',
      inputs: { Service: 'cloudtrail', Api: 'DescribeTrails', trailNameList: '{{ Names }}' },
    },
    {
      name: 'Update',
      action: 'aws:executeAwsApi',
      inputs: { Service: 'cloudtrail', Api: 'UpdateTrail', Name: '{{ Mode }}', KmsKeyId: 'alias/a' },
    },
    {
      name: 'Check',
      action: 'aws:assertAwsResourceProperty',
      inputs: {
        Service: 'cloudtrail',
        Api: 'GetTrail',
        Name: '{{ Mode }}',
        PropertySelector: '$.Trail.KmsKeyId',
        DesiredValues: ['a'],
      },
    },
  ],
});

const step = (document: any, name: string): any =>
  document.mainSteps.find((one: { name: string }) => one.name === name);

/** Changes the script of a document. */
const rewrite = (from: string, to: string) => (document: any) => {
  const { inputs } = step(document, 'Look');
  inputs.Script = inputs.Script.replace(from, to);
};

type Fault = readonly [what: string, plant: (document: any) => void, ...lines: readonly RegExp[]];

/** Each breaks one rule, and is reported by these lines. */
const FAULTS: readonly Fault[] = [
  [
    'an operation',
    (d) => (step(d, 'Check').inputs.Api = 'get_trail'),
    /^Check: service cloudtrail has no operation/,
  ],
  [
    'an argument that does not exist',
    (d) => (step(d, 'Update').inputs.KMSKeyId = 'a'),
    /^Update: UpdateTrail: Unknown parameter in input: "KMSKeyId"/,
  ],
  [
    'an argument of another type',
    (d) => (step(d, 'Update').inputs.IsMultiRegionTrail = 'yes'),
    /^Update: UpdateTrail: Invalid type for parameter IsMultiRegionTrail/,
  ],
  [
    'a reference of another type',
    (d) => (step(d, 'List').inputs.includeShadowTrails = '{{ Mode }}'),
    /^List: DescribeTrails: Invalid type for parameter includeShadowTrails/,
  ],
  [
    'a list within a list',
    (d) => (step(d, 'List').inputs.trailNameList = ['{{ Names }}']),
    /^List: DescribeTrails: Invalid type for parameter trailNameList\[0\]/,
  ],
  [
    'a required argument that is missing',
    (d) => delete step(d, 'Update').inputs.Name,
    /^Update: UpdateTrail: Missing required parameter in input: "Name"/,
  ],
  [
    'a value that is none of an enumeration',
    (d) =>
      (step(d, 'Update').inputs = {
        Service: 'cloudtrail',
        Api: 'LookupEvents',
        EventCategory: 'insights',
      }),
    /^Update: LookupEvents: 'insights' is none of/,
  ],
  [
    'a property selector that finds nothing',
    (d) => (step(d, 'Check').inputs.PropertySelector = '$.Trail.KMSKeyId'),
    /^Check: \$\.Trail\.KMSKeyId finds nothing in the answer of GetTrail: Trail has no KMSKeyId$/,
  ],
  [
    'arguments of a handler',
    rewrite('(events, context)', '(events)'),
    /^Look: the handler takes 1 arguments/,
  ],
  ['a script that does not compile', rewrite('return {', 'return {('), /does not compile/],
  ['an import', rewrite('import boto3', 'import boto3, requests'), /^Look: the Script imports requests/],
  [
    'an import from beside',
    rewrite('import boto3', 'import boto3\nfrom .calls import it'),
    /^Look: the Script imports \.calls/,
  ],
  [
    'an argument of a client',
    rewrite('KeyId=events', 'KeyID=events'),
    /^Look: kms\.describe_key has no argument KeyID$/,
    /^Look: kms\.describe_key needs the argument KeyId$/,
  ],
  [
    'an argument of a client without a name',
    rewrite('KeyId=events["KeyId"]', 'events["KeyId"], KeyId=""'),
    /^Look: kms\.describe_key takes its arguments by name only$/,
  ],
  [
    'pages of a client',
    rewrite('"list_trails"', '"list_trail"'),
    /^Look: the Script asks cloudtrail for pages of 'list_trail'/,
  ],
  [
    'the service of a client',
    rewrite('boto3.client("cloudtrail")', 'boto3.client("trails")'),
    /^Look: the Script makes a client of 'trails', and there is no such service$/,
  ],
  [
    'an input that the script reads and does not get',
    (d) => delete step(d, 'Look').inputs.InputPayload.KeyId,
    /^Look: the handler reads 'KeyId', which InputPayload does not hold$/,
  ],
  [
    'an input that the script does not read',
    (d) => (step(d, 'Look').inputs.InputPayload.Mode = '{{ Mode }}'),
    /^Look: InputPayload holds 'Mode', which the handler does not read$/,
  ],
  [
    'an output that the script does not give',
    rewrite('"State":', '"KeyState":'),
    /^Look: \$\.Payload\.State selects 'State', which the handler does not give$/,
  ],
];

describe('the linter', () => {
  let found: readonly string[];
  beforeAll(() => {
    const folder = mkdtempSync(`${tmpdir()}/trailkey-documents-`);
    const write = (name: string, document: unknown): string => {
      writeFileSync(`${folder}/${name}.json`, JSON.stringify(document));
      return `${folder}/${name}.json`;
    };
    const planted = FAULTS.map(([, plant], index) => {
      const document = good();
      plant(document);
      return write(`fault-${index}`, document);
    });
    found = lint([...planted, write('good', good())]);
    rmSync(folder, { recursive: true });
  });

  const foundIn = (document: string): readonly string[] =>
    found.flatMap((line) => (line.startsWith(`${document}: `) ? line.slice(document.length + 2) : []));

  it.each(FAULTS.map(([what, , ...lines], index) => [what, index, lines] as const))(
    'reports %s',
    (_what, index, lines) => {
      expect(foundIn(`fault-${index}`)).toEqual(lines.map((line) => expect.stringMatching(line)));
    },
  );

  it('reports nothing where nothing is wrong', () => {
    expect(foundIn('good')).toEqual([]);
  });
});
