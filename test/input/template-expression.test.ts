import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/core/errors.js';
import { readTemplate } from '../../src/input/cloudformation.js';
import { createResolver } from '../../src/input/template-expression.js';
import { readTerraform } from '../../src/input/terraform.js';

const TEMPLATE = {
  Parameters: {
    Prefix: { Type: 'String', Default: 'prod' },
    Names: { Type: 'CommaDelimitedList', Default: 'a,b' },
    Numbers: { Type: 'List<Number>', Default: '1,2' },
    NoDefault: { Type: 'String' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/key' },
    NotAParameter: 'text',
  },
  Mappings: { Map: { prod: { Name: 'trail' } } },
  Conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'Prefix' }, 'prod'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Unknown: { 'Fn::Equals': [{ Ref: 'NoDefault' }, ''] },
    NotUnknown: { 'Fn::Not': [{ Condition: 'Unknown' }] },
    EitherUnknown: { 'Fn::Or': [{ Condition: 'Unknown' }, { Condition: 'No' }] },
    EitherYes: { 'Fn::Or': [{ Condition: 'Unknown' }, { Condition: 'Yes' }] },
    BothNo: { 'Fn::And': [{ Condition: 'Unknown' }, { Condition: 'No' }] },
    Loop: { Condition: 'Loop' },
    Other: { 'Fn::Contains': [] },
    Text: 'text',
  },
  Resources: {
    Key: { Type: 'AWS::KMS::Key' },
    Trail: { Type: 'AWS::CloudTrail::Trail' },
    Named: { Type: 'AWS::CloudTrail::Trail', Properties: { TrailName: { Ref: 'NoDefault' } } },
    Text: 'text',
  },
};
const { resolve, resolveAll } = createResolver(TEMPLATE);

const TRAIL_ARN = 'arn:aws:cloudtrail:unknown:000000000000:trail/Trail';

describe('resolves', () => {
  it.each([
    [{ Ref: 'Prefix' }, 'prod'],
    [{ Ref: 'Names' }, ['a', 'b']],
    [{ Ref: 'Numbers' }, ['1', '2']],
    [{ Ref: 'AWS::Region' }, 'unknown'],
    [{ 'Fn::Sub': 'x-\x24{Prefix}-\x24{!Literal}' }, 'x-prod-\x24{Literal}'],
    [{ 'Fn::Sub': ['\x24{A}\x24{Prefix}', { A: { Ref: 'AWS::AccountId' } }] }, '000000000000prod'],
    [{ 'Fn::Sub': '\x24{Trail.Arn}/\x24{Trail}' }, `${TRAIL_ARN}/Trail`],
    [{ 'Fn::Join': ['-', { Ref: 'Names' }] }, 'a-b'],
    [{ 'Fn::Select': ['1', { Ref: 'Names' }] }, 'b'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'x/y'] }] }, 'y'],
    [{ 'Fn::FindInMap': ['Map', { Ref: 'Prefix' }, 'Name'] }, 'trail'],
    [{ 'Fn::If': ['Yes', 1, 2] }, 1],
    [{ 'Fn::If': ['No', 1, 2] }, 2],
    [{ 'Fn::If': ['EitherYes', 1, 2] }, 1],
    [{ 'Fn::If': ['BothNo', 1, 2] }, 2],
    [{ Other: 1 }, { Other: 1 }],
  ])('%j', (expression, value) => {
    expect(resolve(expression)).toEqual({ kind: 'value', value });
  });

  it.each([
    [undefined],
    [null],
    [{ Ref: 'AWS::NoValue' }],
    [{ 'Fn::If': ['Yes', { Ref: 'AWS::NoValue' }, 1] }],
  ])('%j as absent', (expression) => {
    expect(resolve(expression)).toEqual({ kind: 'absent' });
  });

  it.each([
    [{ Ref: 'Key' }, 'Key'],
    [{ 'Fn::GetAtt': ['Key', 'Arn'] }, 'Key.Arn'],
    [{ 'Fn::GetAtt': 'Key.Arn' }, 'Key.Arn'],
    [{ 'Fn::Sub': '\x24{Key.Arn}' }, 'Key.Arn'],
  ])('%j as a reference', (reference, expression) => {
    expect(resolve(reference)).toMatchObject({ kind: 'reference', resource: 'Key', expression });
  });

  it.each<readonly [object]>([
    [{ Ref: 'NoDefault' }],
    [{ Ref: 'Stored' }],
    [{ Ref: 'NotAParameter' }],
    [{ Ref: 'Absent' }],
    [{ Ref: 7 }],
    [{ 'Fn::GetAtt': [7] }],
    [{ 'Fn::Sub': '\x24{Key.Arn}/x' }],
    [{ 'Fn::Sub': '\x24{Text}/x' }],
    [{ 'Fn::Sub': '\x24{Trail.Other}/x' }],
    [{ 'Fn::Sub': '\x24{Named.Arn}/x' }],
    [{ 'Fn::Sub': '\x24{Names}/x' }],
    [{ 'Fn::Sub': 7 }],
    [{ 'Fn::Join': ['-', [{ Ref: 'NoDefault' }]] }],
    [{ 'Fn::Join': 7 }],
    [{ 'Fn::Select': [9, ['a']] }],
    [{ 'Fn::Split': ['/', { Ref: 'Names' }] }],
    [{ 'Fn::FindInMap': ['Map', 'test', 'Name'] }],
    [{ 'Fn::FindInMap': ['Map', { Ref: 'NoDefault' }, 'Name'] }],
    [{ 'Fn::FindInMap': 7 }],
    [{ 'Fn::ImportValue': 'x' }],
    ...['Unknown', 'NotUnknown', 'EitherUnknown', 'Loop', 'Other', 'Text', 'Absent'].map(
      (condition): readonly [object] => [{ 'Fn::If': [condition, 1, 2] }],
    ),
  ])('not %j', (expression) => {
    expect(resolve(expression)).toEqual({ kind: 'unresolved', expression: JSON.stringify(expression) });
  });

  it('an expression of any length, and quotes its start', () => {
    expect(resolve({ 'Fn::ImportValue': 'x'.repeat(1000) })).toMatchObject({
      kind: 'unresolved',
      expression: expect.stringMatching(/^\{"Fn::ImportValue":"x{70,90}\.\.\.$/),
    });
  });

  it('all expressions of a policy, but no principal that is known only after the deployment', () => {
    const role = { 'Fn::GetAtt': ['Role', 'Arn'] };

    expect(
      resolveAll({ a: [{ Ref: 'Prefix' }, { Ref: 'AWS::NoValue' }], b: { Ref: 'AWS::NoValue' } }),
    ).toEqual({
      a: ['prod'],
    });
    expect(resolveAll({ Principal: { AWS: [role] } })).toEqual({
      Principal: { AWS: ['arn:aws:iam::000000000000:role/known-after-deployment'] },
    });
    expect(resolveAll({ Resource: [role] })).toBeUndefined();
    expect(resolveAll({ Condition: { x: role } })).toBeUndefined();
  });
});

describe('any value in a template or a plan is read, or is a FormatError', () => {
  const names = ['Ref', 'Fn::Sub', 'Fn::If', 'Fn::GetAtt', 'Type', 'Properties', 'KMSKeyId', 'Key', 'Arn'];
  const more = [
    'resources',
    'values',
    'child_modules',
    'address',
    'expressions',
    'references',
    'kms_key_id',
    'type',
  ];
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue(),
      fc.constantFrom(
        'AWS::CloudTrail::Trail',
        'AWS::KMS::Key',
        'Key',
        '\x24{Key.Arn}',
        'aws_cloudtrail',
        'aws_kms_key.a',
        true,
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names, ...more), tie('value'), { maxKeys: 4 }),
    ),
  }));

  const reads = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
    }
  };

  it('of CloudFormation', () => {
    fc.assert(
      fc.property(value, value, (key, properties) => {
        const Resources = { Key: key, Trail: { Type: 'AWS::CloudTrail::Trail', Properties: properties } };
        reads(() => readTemplate({ value: { Resources, Parameters: key }, file: 'a', lineOf: () => 1 }));
      }),
    );
  });

  it('of Terraform', () => {
    fc.assert(
      fc.property(value, value, value, (root, changes, configuration) => {
        const plan = {
          planned_values: { root_module: root },
          resource_changes: changes,
          configuration: { root_module: configuration },
        };
        reads(() => readTerraform(plan, 'a'));
      }),
    );
  });
});
