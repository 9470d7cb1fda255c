import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EXAMPLE_EVENTS } from '../../examples/events.js';
import { annotationOf } from '../../src/core/annotation.js';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json-value.js';
import { parseRuleEvent } from '../../src/core/rule-event.js';
import { parseTrail } from '../../src/core/trail.js';
import type { RulePorts, RuleResult, Submission } from '../../src/ports.js';
import { evaluateRule } from '../../src/rule/evaluate-rule.js';
import { liveTrail } from '../support/account.js';
import { found, KEY_ARN, observed } from '../support/builders.js';
import { HOSTILE_NAMES } from '../support/hostile-names.js';
import { runCheck } from '../support/run-check.js';

const EVENTS = 20_000;
const FILES = 3000;
const EXPECTED_ERRORS = ['RuleEventError', 'RuleParametersError', 'FormatError'];

const portsReporting = (reported: (RuleResult & Submission)[]): RulePorts => ({
  region: 'us-east-1',
  keys: () => ({ getKey: async () => found({ state: 'Disabled' }) }),
  live: { listTrails: async () => [parseTrail(liveTrail())], getTrail: async () => parseTrail(liveTrail()) },
  history: { listTrails: async () => [observed()], getItem: async () => undefined },
  results: {
    listCurrent: async () => [{ resourceType: 'AWS::CloudTrail::Trail', resourceId: 'old' }],
    report: async (results, submission) => {
      reported.push(...results.map((result) => ({ ...result, ...submission })));
      return 'done';
    },
  },
  pause: async () => {},
  now: () => 0,
  isThrottled: () => false,
  warn: () => {},
});

const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    null,
    '',
    '{}',
    KEY_ARN,
    'ResourceDeleted',
    'AWS::KMS::Key',
    'AWS::CloudTrail::Trail',
    -1,
    1e300,
    '\ud800',
    ...Object.values(HOSTILE_NAMES),
    ...['constructor', 'toString', 'x'.repeat(3000), `arn:${':'.repeat(5000)}`, '*'.repeat(5000)],
  ),
  fc.string({ unit: 'binary', maxLength: 900 }),
);

/** Replaces one value in a tree with another. Nested JSON text is mutated as a tree. */
const mutate = (value: unknown, path: readonly number[], replacement: unknown): unknown => {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (typeof value === 'string') {
    const nested = parseJson(value);
    return isJsonObject(nested) ? JSON.stringify(mutate(nested, path, replacement)) : replacement;
  }
  if (Array.isArray(value))
    return value.map((entry, index) =>
      index === step % value.length ? mutate(entry, rest, replacement) : entry,
    );
  if (!isJsonObject(value)) return replacement;
  const names = Object.keys(value);
  const name = names[step % Math.max(1, names.length)];
  if (name === undefined) return replacement;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      key === name ? mutate(entry, rest, replacement) : entry,
    ]),
  );
};

const mutated = fc
  .tuple(
    fc.constantFrom<JsonObject>(...Object.values(EXAMPLE_EVENTS)),
    fc.array(fc.tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }), junk), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([event, mutations]) =>
    mutations.reduce<unknown>((tree, [path, replacement]) => mutate(tree, path, replacement), event),
  );

it('a mutated event gives valid results or a named error', async () => {
  let results = 0;
  await fc.assert(
    fc.asyncProperty(mutated, async (event) => {
      const reported: (RuleResult & Submission)[] = [];
      try {
        await evaluateRule(parseRuleEvent(event), portsReporting(reported));
      } catch (error) {
        expect(EXPECTED_ERRORS).toContain(error instanceof Error ? error.name : String(error));
        expect(reported).toEqual([]);
        return;
      }
      results += reported.length;
      for (const evaluation of reported) expectValid(evaluation);
    }),
    { numRuns: EVENTS },
  );
  expect(results).toBeGreaterThan(EVENTS / 10);
});

const NAME = fc.constantFrom('T0', 'T1', 'A', 'K', 'P', 'C0', 'C1', 'None');

/** An expression of a template. It can refer to itself, and to others that refer to it. */
const { expression } = fc.letrec<{ expression: unknown }>((tie) => ({
  expression: fc.oneof(
    fc.constantFrom<unknown>('text', 'alias/a', { 'Fn::FindInMap': ['M', 'a', 'b'] }),
    NAME.map((Ref) => ({ Ref })),
    NAME.map((name) => ({ 'Fn::GetAtt': [name, 'Arn'] })),
    NAME.map((name) => ({ 'Fn::Sub': `a\${${name}}` })),
    fc.array(tie('expression'), { maxLength: 3 }).map((parts) => ({ 'Fn::Join': ['', parts] })),
    fc.tuple(NAME, tie('expression'), tie('expression')).map((parts) => ({ 'Fn::If': parts })),
  ),
}));

const trail = fc
  .record({ TrailName: expression, KMSKeyId: expression })
  .map((Properties) => ({ Type: 'AWS::CloudTrail::Trail', Properties }));
const condition = NAME.map((Condition) => ({ 'Fn::Or': [{ Condition }, { Condition }] }));

const templates = fc.record({
  Conditions: fc.record({ C0: condition, C1: condition }),
  Mappings: fc.record({ M: fc.record({ a: fc.record({ b: expression }) }) }),
  Parameters: fc.record({ P: fc.record({ Default: expression }) }),
  Resources: fc.record({
    T0: trail,
    T1: trail,
    A: fc
      .record({ AliasName: fc.constant('alias/a'), TargetKeyId: expression })
      .map((Properties) => ({ Type: 'AWS::KMS::Alias', Properties })),
    K: fc
      .record({ Enabled: expression, KeyPolicy: fc.record({ Statement: fc.array(expression) }) })
      .map((Properties) => ({ Type: 'AWS::KMS::Key', Properties })),
  }),
});

/** Text of a file: values, with some bytes replaced, cut off, or compressed. */
const files = fc
  .record({
    values: fc.array(fc.oneof(mutated, templates, junk), { minLength: 1, maxLength: 4 }),
    separator: fc.constantFrom('', '\n', ',', '\u0000', '\ufeff'),
    replaced: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 3 }),
    kept: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    compressed: fc.boolean(),
  })
  .map(({ values, separator, replaced, kept, compressed }) => {
    const text = Buffer.from(values.map((value) => JSON.stringify(value)).join(separator));
    const bytes = compressed ? gzipSync(text) : text;
    for (const [at, byte] of replaced) bytes[Math.floor(at * (bytes.length - 1))] = byte;
    return bytes.subarray(0, Math.ceil(kept * bytes.length));
  });

it('mutated data on standard input gives a report, and each problem is an error', async () => {
  let findings = 0;
  await fc.assert(
    fc.asyncProperty(files, async (stdin) => {
      const { exitCode, report, stderr } = await runCheck('-', '--fail-on', 'never', { stdin });

      expect(exitCode).toBe(report.errors.length > 0 ? 2 : 0);
      expect(stderr).not.toMatch(/Unexpected error|TypeError|RangeError/);
      findings += report.findings.length;
    }),
    { numRuns: FILES },
  );
  expect(findings).toBeGreaterThan(FILES / 20);
});

const expectValid = (result: RuleResult & Submission): void => {
  const { resourceType, resourceId, compliance, orderedAt } = result;
  const annotation = annotationOf(result);
  expect(resourceType).toBe('AWS::CloudTrail::Trail');
  expect(resourceId.length).toBeGreaterThanOrEqual(1);
  expect(resourceId.length).toBeLessThanOrEqual(768);
  expect(['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE']).toContain(compliance);
  expect(annotation).toMatch(/^[A-Z_]+: [\x20-\x7e]+$/);
  expect(annotation.length).toBeLessThanOrEqual(256);
  expect(new Date(orderedAt).getTime()).not.toBeNaN();
};
