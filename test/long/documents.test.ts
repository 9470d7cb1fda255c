import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/project.js';

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

describe('the documents of a release', () => {
  beforeAll(() => {
    execFileSync('npm', ['run', 'release'], { cwd: ROOT, stdio: 'pipe' });
  });

  it('call what AWS has, go where there are steps, and refer to what is there', () => {
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

/** A small document with a step of each kind and nothing wrong. */
const good = (): any => ({
  schemaVersion: '0.3',
  description: 'Gives a trail a key.',
  assumeRole: '{{ Role }}',
  parameters: {
    Role: { type: 'AWS::IAM::Role::Arn', description: 'The role.', allowedPattern: '^arn:.+$' },
    TrailName: { type: 'String', description: 'The trail.', allowedPattern: '^[a-z]+$', default: 'audit' },
    Mode: { type: 'String', description: 'Whether.', allowedValues: ['DryRun', 'Apply'], default: 'DryRun' },
    Approvers: { type: 'StringList', description: 'Who.', allowedPattern: '^[a-z]+$' },
    Number: { type: 'Integer', description: 'How many.', allowedValues: [1, 2], default: 1 },
  },
  outputs: ['Look.State', 'Read.Arn'],
  mainSteps: [
    {
      name: 'Look',
      description: 'Looks at the key.',
      action: 'aws:executeScript',
      timeoutSeconds: 600,
      inputs: {
        Runtime: 'python3.11',
        Handler: 'look',
        Script: SCRIPT,
        InputPayload: { KeyId: 'alias/{{ TrailName }}', Region: '{{ global:REGION }}' },
      },
      outputs: [
        { Name: 'State', Selector: '$.Payload.State', Type: 'String' },
        { Name: 'Count', Selector: '$.Payload.Count', Type: 'Integer' },
      ],
    },
    {
      name: 'Read',
      description: 'Reads the trail.',
      action: 'aws:executeAwsApi',
      inputs: { Service: 'cloudtrail', Api: 'GetTrail', Name: '{{ TrailName }}' },
      outputs: [
        { Name: 'Arn', Selector: '$.Trail.TrailARN', Type: 'String' },
        { Name: 'Everywhere', Selector: "$.Trail['IsMultiRegionTrail']", Type: 'Boolean' },
      ],
    },
    {
      name: 'List',
      description: 'Lists the trails.',
      action: 'aws:executeAwsApi',
      inputs: {
        Service: 'cloudtrail',
        Api: 'DescribeTrails',
        trailNameList: ['{{ Read.Arn }}', 'other'],
        includeShadowTrails: '{{ Read.Everywhere }}',
      },
      outputs: [
        { Name: 'First', Selector: '$.trailList[0].Name', Type: 'String' },
        { Name: 'Names', Selector: '$.trailList[*].Name', Type: 'StringList' },
        { Name: 'All', Selector: '$.trailList', Type: 'MapList' },
      ],
    },
    {
      name: 'Decide',
      description: 'Decides.',
      action: 'aws:branch',
      inputs: {
        Choices: [
          {
            And: [
              { Variable: '{{ Look.State }}', StringEquals: 'Enabled' },
              { Not: { Variable: '{{ Mode }}', StringEquals: 'DryRun' } },
            ],
            NextStep: 'Approve',
          },
          { Variable: '{{ Look.Count }}', NumericGreater: 1, NextStep: 'Check' },
        ],
        Default: 'Nothing',
      },
    },
    {
      name: 'Nothing',
      description: 'Waits a little.',
      action: 'aws:sleep',
      inputs: { Duration: 'PT1S' },
      isEnd: true,
    },
    {
      name: 'Approve',
      description: 'Asks people.',
      action: 'aws:approve',
      inputs: { Approvers: '{{ Approvers }}', MinRequiredApprovals: '{{ Number }}' },
    },
    {
      name: 'Update',
      description: 'Changes the trail.',
      action: 'aws:executeAwsApi',
      onFailure: 'step:RollBack',
      inputs: { Service: 'cloudtrail', Api: 'UpdateTrail', Name: '{{ Read.Arn }}', KmsKeyId: 'alias/a' },
    },
    {
      name: 'Check',
      description: 'Reads back.',
      action: 'aws:assertAwsResourceProperty',
      onFailure: 'Continue',
      isEnd: true,
      inputs: {
        Service: 'cloudtrail',
        Api: 'GetTrail',
        Name: '{{ Read.Arn }}',
        PropertySelector: '$.Trail.KmsKeyId',
        DesiredValues: ['a'],
      },
    },
    {
      name: 'RollBack',
      description: 'Turns back.',
      action: 'aws:executeAwsApi',
      inputs: { Service: 'cloudtrail', Api: 'UpdateTrail', Name: '{{ Read.Arn }}', KmsKeyId: '' },
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
    'a service',
    (d) => (step(d, 'Read').inputs.Service = 'cloudtrial'),
    /^Read: there is no service 'cloudtrial'$/,
  ],
  [
    'an operation',
    (d) => (step(d, 'Read').inputs.Api = 'get_trail'),
    /^Read: service cloudtrail has no operation/,
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
    (d) => (step(d, 'List').inputs.includeShadowTrails = '{{ Read.Arn }}'),
    /^List: DescribeTrails: Invalid type for parameter includeShadowTrails/,
  ],
  [
    'a list within a list',
    (d) => (step(d, 'List').inputs.trailNameList = ['{{ Approvers }}']),
    /^List: DescribeTrails: Invalid type for parameter trailNameList\[0\]/,
  ],
  [
    'a required argument that is missing',
    (d) => delete step(d, 'RollBack').inputs.Name,
    /^RollBack: UpdateTrail: Missing required parameter in input: "Name"/,
  ],
  [
    'a value that is none of an enumeration',
    (d) =>
      (step(d, 'RollBack').inputs = {
        Service: 'cloudtrail',
        Api: 'LookupEvents',
        EventCategory: 'insights',
      }),
    /^RollBack: LookupEvents: 'insights' is none of/,
  ],
  [
    'a property selector that finds nothing',
    (d) => (step(d, 'Check').inputs.PropertySelector = '$.Trail.KMSKeyId'),
    /^Check: \$\.Trail\.KMSKeyId finds nothing in the answer of GetTrail: Trail has no KMSKeyId$/,
  ],
  [
    'desired values that are no list',
    (d) => (step(d, 'Check').inputs.DesiredValues = 'a'),
    /^Check: DesiredValues is no list/,
  ],
  [
    'a selector that finds nothing',
    (d) => (step(d, 'Read').outputs[0].Selector = '$.Trail.Arn'),
    /^Read: \$\.Trail\.Arn finds nothing/,
  ],
  [
    'a selector into a list without an index',
    (d) => (step(d, 'List').outputs[0].Selector = '$.trailList.Name'),
    /^List: \$\.trailList\.Name finds nothing/,
  ],
  [
    'a selector that is no path',
    (d) => (step(d, 'Read').outputs[0].Selector = 'Trail.TrailARN'),
    /^Read: Trail\.TrailARN finds nothing .*starts with \$/,
  ],
  [
    'an output of another type than the answer',
    (d) => (step(d, 'Read').outputs[1].Type = 'String'),
    /^Read: \$\.Trail\['IsMultiRegionTrail'\] is a Boolean/,
    /^List: DescribeTrails: Invalid type for parameter includeShadowTrails/,
  ],
  [
    'an output type that does not exist',
    (d) => (step(d, 'Look').outputs[1].Type = 'Number'),
    /^Look: output Count is of type Number/,
  ],
  [
    'an output twice',
    (d) => step(d, 'Look').outputs.push(step(d, 'Look').outputs[0]),
    /^Look: there is more than one output State$/,
  ],
  [
    'an output without a type',
    (d) => step(d, 'Look').outputs.push({ Name: 'More', Selector: '$.Payload.State' }),
    /^Look: an output has a Name, a Selector and a Type/,
  ],
  [
    'a reference to no parameter',
    (d) => (step(d, 'Read').inputs.Name = '{{ Trail }}'),
    /^Read: \{\{ Trail \}\} refers to nothing that is declared$/,
  ],
  [
    'a reference to no output',
    (d) => (step(d, 'Update').inputs.Name = '{{ Read.ARN }}'),
    /^Update: \{\{ Read\.ARN \}\} refers to nothing that is declared$/,
  ],
  [
    'a reference to no global',
    (d) => (step(d, 'Look').inputs.InputPayload.Region = '{{ global:AWS_REGION }}'),
    /^Look: \{\{ global:AWS_REGION \}\} refers to nothing that is declared$/,
  ],
  [
    'a reference to a later step',
    (d) => (step(d, 'Look').inputs.InputPayload.KeyId = '{{ Read.Arn }}'),
    /^Look: \{\{ Read\.Arn \}\} refers to a step that has not always succeeded by then$/,
  ],
  [
    'a reference to a step that some path leaves out',
    (d) => (step(d, 'Check').inputs.DesiredValues = ['{{ Approve.ApprovalStatus }}']),
    /^Check: \{\{ Approve\.ApprovalStatus \}\} refers to a step that has not always succeeded by then$/,
  ],
  [
    'a reference to a step that has failed',
    (d) => {
      step(d, 'Read').onFailure = 'step:RollBack';
      step(d, 'RollBack').inputs.Name = '{{ Look.State }}';
      step(d, 'RollBack').inputs.KmsKeyId = '{{ Read.Arn }}';
    },
    /^RollBack: \{\{ Read\.Arn \}\} refers to a step that has not always succeeded by then$/,
  ],
  [
    'a role from a step',
    (d) => (d.assumeRole = '{{ Read.Arn }}'),
    /^document: \{\{ Read\.Arn \}\} refers to a step/,
  ],
  [
    'braces that are no reference',
    (d) => (step(d, 'Read').inputs.Name = '{{ TrailName }'),
    /^Read: the braces of '\{\{ TrailName \}' are no reference$/,
  ],
  [
    'a next step',
    (d) => {
      delete step(d, 'Nothing').isEnd;
      step(d, 'Nothing').nextStep = 'Somewhere';
    },
    /^Nothing: nextStep names 'Somewhere', and there is no such step$/,
  ],
  [
    'the step of a choice',
    (d) => (step(d, 'Decide').inputs.Choices[1].NextStep = 'check'),
    /^Decide: NextStep names 'check'/,
  ],
  [
    'the default of a branch',
    (d) => (step(d, 'Decide').inputs.Default = 'Noting'),
    /^Decide: Default names 'Noting'/,
    /^Nothing: no path leads to this step$/,
  ],
  [
    'a step for failures',
    (d) => (step(d, 'Look').onFailure = 'step:Rollback'),
    /^Look: onFailure names 'Rollback'/,
  ],
  [
    'what to do on failure',
    (d) => (step(d, 'Look').onFailure = 'Retry'),
    /^Look: onFailure is 'Retry'; expected Abort/,
  ],
  ['what to do on cancel', (d) => (step(d, 'Look').onCancel = 'Continue'), /^Look: onCancel is 'Continue'/],
  [
    'a step that is not reached',
    (d) => (step(d, 'Decide').inputs.Default = 'Check'),
    /^Nothing: no path leads to this step$/,
  ],
  [
    'a path that never ends',
    (d) => (step(d, 'RollBack').nextStep = 'Update'),
    /^Update: a path leads from this step back to it/,
    /^RollBack: a path leads from this step back to it/,
  ],
  [
    'a fall into the step for failures',
    (d) => delete step(d, 'Check').isEnd,
    /^Check: goes on to RollBack, which is there for failures/,
  ],
  [
    'an end that goes on',
    (d) => (step(d, 'Nothing').nextStep = 'Check'),
    /^Nothing: has both isEnd and nextStep$/,
  ],
  [
    'a branch that may go nowhere',
    (d) => {
      step(d, 'Decide').inputs.Choices.push({
        Variable: '{{ Mode }}',
        StringEquals: 'DryRun',
        NextStep: 'Nothing',
      });
      delete step(d, 'Decide').inputs.Default;
    },
    /^Decide: goes nowhere where no choice holds/,
  ],
  [
    'a branch that goes on',
    (d) => (step(d, 'Decide').nextStep = 'Check'),
    /^Decide: a branch goes by Choices/,
  ],
  [
    'an operator of a choice',
    (d) =>
      (step(d, 'Decide').inputs.Choices[1] = { Variable: '{{ Mode }}', StringEqual: 'a', NextStep: 'Check' }),
    /^Decide: a choice compares by StringEqual; expected one of/,
  ],
  [
    'what a choice compares with',
    (d) => (step(d, 'Decide').inputs.Choices[1].NumericGreater = '1'),
    /^Decide: NumericGreater compares with '1'$/,
  ],
  [
    'a variable that is none',
    (d) => (step(d, 'Decide').inputs.Choices[0].And[0].Variable = 'Look.State'),
    /^Decide: Variable is 'Look\.State'; expected a reference$/,
  ],
  [
    'two conditions in one',
    (d) => (step(d, 'Decide').inputs.Choices[0].Or = []),
    /^Decide: a choice holds And, Or; expected And alone$/,
  ],
  [
    'too many approvers',
    (d) => (step(d, 'Approve').inputs.Approvers = Array.from({ length: 11 }, (_, index) => `one${index}`)),
    /^Approve: Approvers is .*; expected a list of 1 to 10$/,
  ],
  [
    'a number of approvals that is none',
    (d) => (step(d, 'Approve').inputs.MinRequiredApprovals = '{{ Mode }}'),
    /^Approve: MinRequiredApprovals is no number$/,
  ],
  [
    'a parameter that takes any text',
    (d) => delete d.parameters.TrailName.allowedPattern,
    /^parameter TrailName: takes any text/,
  ],
  [
    'a resource parameter that takes any text',
    (d) => delete d.parameters.Role.allowedPattern,
    /^parameter Role: takes any text/,
  ],
  [
    'a bare parameter',
    (d) => delete d.parameters.Number.description,
    /^parameter Number: has no description$/,
  ],
  [
    'a default that its pattern refuses',
    (d) => (d.parameters.TrailName.default = 'Audit'),
    /^parameter TrailName: default 'Audit' does not match/,
  ],
  [
    'a default that is not in its list',
    (d) => (d.parameters.Mode.default = 'dryrun'),
    /^parameter Mode: default 'dryrun' is none of the allowedValues$/,
  ],
  [
    'a default of another type',
    (d) => (d.parameters.Number.default = '1'),
    /^parameter Number: default '1' is not of type Integer$/,
  ],
  [
    'an empty default',
    (d) => Object.assign(d.parameters.TrailName, { default: '', allowedPattern: '^[a-z]*$' }),
    /^parameter TrailName: a value has 1 to 512 characters, the default 0$/,
  ],
  [
    'a pattern that does not compile',
    (d) => (d.parameters.TrailName.allowedPattern = '^[a-z+$'),
    /^parameter TrailName: allowedPattern does not compile/,
  ],
  [
    'a type of parameter',
    (d) => (d.parameters.Mode.type = 'Text'),
    /^parameter Mode: type 'Text' is not known$/,
  ],
  [
    'a member of a parameter',
    (d) => (d.parameters.Mode.allowed = []),
    /^parameter Mode: allowed is no member of a parameter$/,
  ],
  [
    'an output of the document',
    (d) => d.outputs.push('Look.Status'),
    /^document: outputs names 'Look\.Status', and no step has such an output$/,
  ],
  ['a parameter as output of the document', (d) => d.outputs.push('Mode'), /^document: outputs names 'Mode'/],
  [
    'a handler',
    (d) => (step(d, 'Look').inputs.Handler = 'looks'),
    /^Look: the Script defines no function 'looks'/,
  ],
  [
    'arguments of a handler',
    rewrite('(events, context)', '(events)'),
    /^Look: the handler takes 1 arguments/,
  ],
  [
    'a script that does not compile',
    rewrite('return {', 'return {{'),
    /^Look: the Script holds \{\{/,
    /does not compile/,
  ],
  ['an import', rewrite('import boto3', 'import boto3, requests'), /^Look: the Script imports requests/],
  [
    'an import from beside',
    rewrite('import boto3', 'import boto3\nfrom .calls import it'),
    /^Look: the Script imports \.calls/,
  ],
  [
    'a reference within a script',
    rewrite('import boto3', 'import boto3 # {{ TrailName }}'),
    /^Look: the Script holds \{\{, which is pasted in as text/,
  ],
  ['a runtime', (d) => (step(d, 'Look').inputs.Runtime = 'nodejs20.x'), /^Look: Runtime is 'nodejs20\.x'/],
  [
    'a method of a client',
    rewrite('keys.describe_key', 'keys.describe_keys'),
    /^Look: the Script calls describe_keys of a client of kms, which has no such method$/,
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
  [
    'an output from outside the payload',
    (d) => (step(d, 'Look').outputs[0].Selector = '$.State'),
    /^Look: \$\.State does not select from \$\.Payload$/,
  ],
  [
    'a script that runs too long',
    (d) => (step(d, 'Look').timeoutSeconds = 601),
    /^Look: a script runs 600 seconds/,
  ],
  [
    'a document that is too long',
    (d) => (d.description = 'a'.repeat(65_536)),
    /^document: has \d+ bytes; at most 65536 are taken$/,
  ],
  [
    'a schema version',
    (d) => (d.schemaVersion = '2.2'),
    /^document: schemaVersion is '2\.2'; expected '0\.3'$/,
  ],
  ['a member of the document', (d) => (d.mainstep = []), /^document: mainstep is no member of a document$/],
  ['a document without a description', (d) => delete d.description, /^document: has no description$/],
  ['a step without a description', (d) => delete step(d, 'Read').description, /^Read: has no description$/],
  ['a member of a step', (d) => (step(d, 'Read').next = 'List'), /^Read: next is no member of a step$/],
  [
    'a member of another type',
    (d) => (step(d, 'Nothing').isEnd = 'true'),
    /^Nothing: isEnd is not of type bool$/,
  ],
  ['a name of two steps', (d) => (step(d, 'Check').name = 'Update'), /^Update: there is more than one step/],
  [
    'a name of a step',
    (d) => {
      step(d, 'Nothing').name = 'No-thing';
      step(d, 'Decide').inputs.Default = 'No-thing';
    },
    /^No-thing: a name has letters, digits and underscores only$/,
  ],
  ['an action', (d) => (step(d, 'Nothing').action = 'aws:wait'), /^Nothing: action aws:wait is none of/],
  [
    'an input that is missing',
    (d) => delete step(d, 'Look').inputs.Runtime,
    /^Look: input Runtime of aws:executeScript is missing$/,
    /^Look: Runtime is None/,
  ],
  [
    'an input that does not exist',
    (d) => (step(d, 'Nothing').inputs.Time = 'PT1S'),
    /^Nothing: Time is no input of aws:sleep$/,
  ],
  ['no steps', (d) => (d.mainSteps = []), /^document: expected an object with a list of mainSteps$/],
  ['no inputs', (d) => delete step(d, 'Nothing').inputs, /^Nothing: inputs is missing$/],
];

/** Names that are legal, or not. */
const NAMES = {
  'Trailkey-Good': [],
  'AWS-Good': [/names that start with aws are reserved$/],
  amazonGood: [/names that start with amazon are reserved$/],
  AmznGood: [/names that start with amzn are reserved$/],
  'Trail key': [/a name has 3 to 128 letters/],
} as const;

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
    writeFileSync(`${folder}/no-json.json`, 'schemaVersion: 0.3');
    found = lint([
      ...planted,
      ...Object.keys(NAMES).map((name) => write(name, good())),
      `${folder}/no-json.json`,
    ]);
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

  it.each(Object.entries(NAMES))('judges the name of a document: %s', (name, lines) => {
    expect(foundIn(name)).toEqual(lines.map((line) => expect.stringMatching(line)));
  });

  it('reports what is no JSON', () => {
    expect(foundIn('no-json')).toEqual([expect.stringMatching(/^document: is not JSON/)]);
  });
});
