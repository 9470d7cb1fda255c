import { FormatError } from './errors.js';
import { describeType, isJsonObject, type JsonObject, textOf } from './json-value.js';

/** A finding of an earlier report, as far as it is compared. Codes that a later Trailkey added are taken as they are. */
export type EarlierFinding = {
  readonly accountId: string;
  readonly region: string;
  readonly trailArn: string;
  readonly trailName: string;
  readonly code: string;
  readonly severity: string;
  readonly compliance: string;
};

/** An earlier JSON report, as far as it is compared. */
export type EarlierReport = {
  readonly evaluatedAt: string;
  /** The rule's parameters, as they were given. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly findings: readonly EarlierFinding[];
  /** The ARNs of the trails that it knows of and did not judge. */
  readonly unjudged: readonly string[];
  /** How many errors it has: with any, it is not the whole truth. */
  readonly errors: number;
};

/**
 * Reads an earlier JSON report of any version 1.
 *
 * @throws FormatError where it is none
 */
export const parseEarlierReport = (report: unknown): EarlierReport => {
  if (!isJsonObject(report)) throw new FormatError(`expected a report and found ${describeType(report)}`);
  const version = required(report, 'schemaVersion');
  if (!version.startsWith('1.')) {
    throw new FormatError(`field "schemaVersion" should be 1.0 or another 1.x and is "${version}"`);
  }
  return {
    evaluatedAt: required(report, 'evaluatedAt'),
    parameters: parametersIn(report),
    findings: listIn(report, 'findings').map((finding) => findingIn(objectFrom(finding, 'a finding'))),
    unjudged: listIn({ unjudged: [], ...report }, 'unjudged').map((trail) =>
      required(objectFrom(trail, 'an unjudged trail'), 'trailArn'),
    ),
    errors: listIn({ errors: [], ...report }, 'errors').length,
  };
};

const listIn = (report: JsonObject, name: string): readonly unknown[] => {
  const list = report[name];
  if (Array.isArray(list)) return list;
  throw new FormatError(`field "${name}" should be an array and is ${describeType(list)}`);
};

const parametersIn = ({ parameters = {} }: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectFrom(parameters, 'field "parameters"')).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      throw new FormatError(`field "${name}" should be text and is ${describeType(value)}`);
    }),
  );

const objectFrom = (value: unknown, what: string): JsonObject => {
  if (isJsonObject(value)) return value;
  throw new FormatError(`${what} should be an object and is ${describeType(value)}`);
};

const findingIn = (finding: JsonObject): EarlierFinding => ({
  accountId: required(finding, 'accountId'),
  region: required(finding, 'region'),
  trailArn: required(finding, 'trailArn'),
  trailName: required(finding, 'trailName'),
  code: required(finding, 'code'),
  severity: required(finding, 'severity'),
  compliance: required(finding, 'compliance'),
});

const required = (object: JsonObject, name: string): string => {
  const value = textOf(object, [name]);
  if (value !== undefined) return value;
  throw new FormatError(`field "${name}" is absent: expected a JSON report of trailkey`);
};
