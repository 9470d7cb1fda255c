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
export type EarlierReport = { readonly evaluatedAt: string; readonly findings: readonly EarlierFinding[] };

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
  const { findings } = report;
  if (!Array.isArray(findings)) {
    throw new FormatError(`field "findings" should be an array and is ${describeType(findings)}`);
  }
  return { evaluatedAt: required(report, 'evaluatedAt'), findings: findings.map(findingIn) };
};

const findingIn = (finding: unknown): EarlierFinding => {
  if (!isJsonObject(finding)) {
    throw new FormatError(`a finding should be an object and is ${describeType(finding)}`);
  }
  return {
    accountId: required(finding, 'accountId'),
    region: required(finding, 'region'),
    trailArn: required(finding, 'trailArn'),
    trailName: required(finding, 'trailName'),
    code: required(finding, 'code'),
    severity: required(finding, 'severity'),
    compliance: required(finding, 'compliance'),
  };
};

const required = (object: JsonObject, name: string): string => {
  const value = textOf(object, [name]);
  if (value !== undefined) return value;
  throw new FormatError(`field "${name}" is absent: expected a JSON report of trailkey`);
};
