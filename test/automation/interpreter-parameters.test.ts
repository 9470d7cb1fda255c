import { describe, expect, it } from 'vitest';
import { runDocument } from '../support/automation/run-document.js';
import { automationWith, documentOf, ROLE, scriptStep } from '../support/automation/small-documents.js';

/** Runs a document with one parameter and gives its value, as the only step sees it. */
const valueFor = async (definition: object, given?: readonly string[]): Promise<unknown> => {
  let seen: unknown;
  await runDocument(
    documentOf([scriptStep('one', {}, { x: '{{ Param }}' })], { parameters: { Param: definition } }),
    automationWith(
      {
        one: ({ x }) => {
          seen = x;
        },
      },
      { parameters: given ? { Param: given } : {} },
    ),
  );
  return seen;
};

const LONGEST = 'x'.repeat(512);

it.each([
  [{ type: 'String' }, ['a'], 'a'],
  [{ type: 'String', default: 'b' }, undefined, 'b'],
  [{ type: 'String', default: 'b' }, ['a'], 'a'],
  [{ type: 'String' }, [LONGEST], LONGEST],
  [{ type: 'String', description: 'Words.', displayType: 'textarea' }, ['a'], 'a'],
  [{ type: 'StringList' }, ['a', 'b'], ['a', 'b']],
  [{ type: 'StringList', default: ['a'] }, undefined, ['a']],
  [{ type: 'StringList' }, [], []],
  [{ type: 'Integer' }, ['-3'], -3],
  [{ type: 'Integer', default: 0 }, undefined, 0],
  [{ type: 'Boolean' }, ['false'], false],
  [{ type: 'Boolean', default: true }, undefined, true],
  [{ type: 'AWS::IAM::Role::Arn' }, [ROLE], ROLE],
  [{ type: 'String', allowedValues: ['a', 'b'] }, ['b'], 'b'],
  [{ type: 'Integer', allowedValues: [1, 2] }, ['2'], 2],
  [{ type: 'StringList', allowedValues: [['a', 'b'], ['c']] }, ['a', 'b'], ['a', 'b']],
  [{ type: 'String', allowedPattern: '^(?:a|b)[\\w/.-]*$' }, ['b/x-1'], 'b/x-1'],
  [{ type: 'StringList', allowedPattern: '^[ab]$' }, ['a', 'b'], ['a', 'b']],
  [{ type: 'AWS::IAM::Role::Arn', allowedPattern: '^arn:.+$' }, [ROLE], ROLE],
  [{ type: 'String', minChars: 2, maxChars: 3 }, ['ab'], 'ab'],
  [{ type: 'String', minChars: 2, maxChars: 3 }, ['abc'], 'abc'],
  [{ type: 'StringList', minItems: 1, maxItems: 2 }, ['a', 'b'], ['a', 'b']],
])('takes %j given %j', async (definition, given, value) => {
  expect(await valueFor(definition, given)).toEqual(value);
});

describe('values', () => {
  it.each([
    [{ type: 'String' }, undefined, 'Param has no default and was not given'],
    [{ type: 'String' }, [''], 'should have 1 to 512 characters and has 0'],
    [{ type: 'String' }, ['x'.repeat(513)], 'should have 1 to 512 characters and has 513'],
    [{ type: 'String' }, ['a', 'b'], 'takes one value and was given 2'],
    [{ type: 'String' }, [], 'takes one value and was given 0'],
    [{ type: 'String' }, ['{{ global:REGION }}'], 'holds {{'],
    [{ type: 'StringList' }, ['a', ''], 'should have 1 to 512 characters and has 0'],
    [{ type: 'StringList' }, Array(51).fill('a'), 'at most 50 entries'],
    [{ type: 'Integer' }, ['1.5'], 'should be of type Integer and is "1.5"'],
    [{ type: 'Integer' }, ['one'], 'should be of type Integer'],
    [{ type: 'Boolean' }, ['True'], 'should be of type Boolean'],
    [{ type: 'AWS::IAM::Role::Arn' }, ['admin'], 'should be the ARN of a role and is admin'],
    [
      { type: 'AWS::IAM::Role::Arn' },
      ['arn:aws:iam::111122223333:user/a'],
      'should be the ARN of a role and is arn',
    ],
    [{ type: 'String', allowedValues: ['a'] }, ['A'], 'should be one of ["a"] and is "A"'],
    [{ type: 'StringList', allowedValues: [['a', 'b']] }, ['a'], 'should be one of [["a","b"]] and is ["a"]'],
    [{ type: 'String', allowedPattern: '^[ab]$' }, ['c'], 'should match ^[ab]$ and is "c"'],
    [{ type: 'StringList', allowedPattern: '^[ab]$' }, ['a', 'c'], 'should match ^[ab]$ and is "c"'],
    [{ type: 'String', allowedPattern: '^a|b$' }, ['ax'], 'put ^( and )$ around all of it'],
    [{ type: 'String', minChars: 2 }, ['a'], 'has 1, and minChars is 2'],
    [{ type: 'String', maxChars: 2 }, ['abc'], 'has 3, and maxChars is 2'],
    [{ type: 'StringList', minItems: 1 }, [], 'has 0, and minItems is 1'],
    [{ type: 'StringList', maxItems: 1 }, ['a', 'b'], 'has 2, and maxItems is 1'],
  ])('%j refuses %j', async (definition, given, message) => {
    await expect(valueFor(definition, given)).rejects.toThrow(message);
  });

  it('that no parameter is there for are refused', async () => {
    const run = runDocument(
      documentOf([scriptStep('one')]),
      automationWith({}, { parameters: { Other: ['a'] } }),
    );

    await expect(run).rejects.toThrow('The document has no parameter Other');
  });
});

describe('a definition', () => {
  it.each([
    [{}, 'lacks type'],
    [
      { type: 'StringMap' },
      'type should be one of String, StringList, Integer, Boolean, AWS::IAM::Role::Arn',
    ],
    [{ type: 'string' }, 'type should be one of'],
    [{ type: 'AWS::EC2::Instance::Id' }, 'type should be one of'],
    [{ type: 'String', interpolationType: 'ENV_VAR' }, 'has the unknown key interpolationType'],
    [{ type: 'String', displayType: 'text' }, 'displayType should be one of textfield, textarea'],
    [{ type: 'String', default: '' }, 'default should have 1 to 512 characters and has 0'],
    [{ type: 'String', default: 5 }, 'default should be of type String and is 5'],
    [{ type: 'String', default: '{{ ssm:name }}' }, 'default holds {{'],
    [{ type: 'String', default: null }, 'default should be of type String and is null'],
    [{ type: 'Integer', default: '5' }, 'default should be of type Integer and is "5"'],
    [{ type: 'Integer', default: 1.5 }, 'default should be of type Integer'],
    [{ type: 'Boolean', default: 'true' }, 'default should be of type Boolean'],
    [{ type: 'StringList', default: 'a' }, 'default should be of type StringList'],
    [{ type: 'String', default: 'c', allowedValues: ['a'] }, 'default should be one of ["a"]'],
    [{ type: 'String', default: 'c', allowedPattern: '^a$' }, 'default should match ^a$'],
    [{ type: 'String', allowedValues: 'a' }, 'allowedValues should be an array'],
    [{ type: 'String', allowedValues: [1] }, 'allowedValues[0] should be of type String'],
    [{ type: 'StringList', allowedValues: ['a'] }, 'allowedValues[0] should be of type StringList'],
    [{ type: 'Integer', allowedPattern: '^1$' }, 'is of type Integer, and allowedPattern is for String'],
    [{ type: 'StringList', maxChars: 3 }, 'is of type StringList, and maxChars is for String'],
    [{ type: 'String', minItems: 3 }, 'is of type String, and minItems is for StringList'],
    [{ type: 'String', minChars: '3' }, 'minChars should be a whole number'],
    [{ type: 'String', allowedPattern: '[ab]' }, 'should begin with ^ and end with $'],
    [{ type: 'String', allowedPattern: '^a\\$' }, 'should begin with ^ and end with $'],
    [{ type: 'String', allowedPattern: '^(?!a).*$' }, 'has a group that RE2 lacks'],
    [{ type: 'String', allowedPattern: '^(?<=a)b$' }, 'has a group that RE2 lacks'],
    [{ type: 'String', allowedPattern: '^(a)\\1$' }, 'has the escape \\1'],
    [{ type: 'String', allowedPattern: '^\\Aa$' }, 'has the escape \\A'],
    [{ type: 'String', allowedPattern: '^[[:alpha:]]$' }, 'has a class of characters by name'],
    [{ type: 'String', allowedPattern: '^a{1,2000}$' }, 'repeats more than 1000 times'],
    [{ type: 'String', allowedPattern: '^(a$' }, 'is no regular expression'],
  ])('%j is refused', async (definition, message) => {
    await expect(valueFor(definition, ['a'])).rejects.toThrow(message);
  });

  it.each(['a-b', 'a.b', '', 'x'.repeat(51)])('named %j is refused', async (name) => {
    const document = documentOf([scriptStep('one')], {
      parameters: { [name]: { type: 'String', default: 'a' } },
    });

    await expect(runDocument(document, automationWith())).rejects.toThrow('The name of a parameter');
  });
});
