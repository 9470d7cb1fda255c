import { FormatError, messageOf } from './errors.js';
import type { Finding, FindingWaiver } from './evaluate-trail.js';
import { describeType, fieldOf, formatDate, isJsonObject, type JsonObject, textOf } from './json-value.js';
import { matchesWildcards } from './policy-document.js';
import { isVerdictCode, type VerdictCode } from './verdict.js';

/** An accepted risk: the findings that it waives stay in the report, and do not count for `--fail-on`. */
export type Waiver = FindingWaiver & {
  /** The ARN of a trail. `*` stands for any characters, `?` for one. */
  readonly trailArn: string;
  readonly codes: readonly VerdictCode[];
};

/** An entry of a waiver file, with its position, from 1: a waiver, or what is wrong with it. */
export type WaiverEntry = { readonly entry: number } & (
  | { readonly waiver: Waiver }
  | { readonly problem: string }
);

/** An entry of a waiver file that waives nothing, and why. */
export type WaiverProblem = {
  readonly entry: number;
  readonly kind: 'invalid' | 'expired' | 'unmatched';
  readonly message: string;
};

/**
 * Parses a waiver file. An entry that is not valid does not affect the others.
 *
 * @throws FormatError if the value is not an object with a list of waivers
 */
export const parseWaivers = (file: unknown): readonly WaiverEntry[] => {
  if (!isJsonObject(file)) throw new FormatError(`expected an object; received ${describeType(file)}`);
  const waivers = fieldOf(file, ['waivers']);
  if (Array.isArray(waivers)) return waivers.map(parseEntry);
  throw new FormatError(`field "waivers" must be an array; received ${describeType(waivers)}`);
};

const parseEntry = (value: unknown, index: number): WaiverEntry => {
  const entry = index + 1;
  try {
    return { entry, waiver: parseWaiver(value) };
  } catch (error) {
    // Only FormatErrors are thrown: an entry can be any value.
    return { entry, problem: messageOf(error) };
  }
};

const FIELDS = ['trailArn', 'codes', 'reason', 'owner', 'expires'];

const parseWaiver = (value: unknown): Waiver => {
  if (!isJsonObject(value)) throw new FormatError(`expected an object; received ${describeType(value)}`);
  const unknown = Object.keys(value).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) {
    throw new FormatError(`unknown field "${unknown}"; the fields are ${FIELDS.join(', ')}`);
  }
  return {
    trailArn: patternIn(value),
    codes: codesIn(value),
    reason: required(value, 'reason'),
    owner: required(value, 'owner'),
    expires: dateIn(value),
  };
};

const patternIn = (value: JsonObject): string => {
  const pattern = required(value, 'trailArn');
  if (/^arn:.+:trail\/./.test(pattern)) return pattern;
  throw new FormatError(
    `field "trailArn" must be the ARN of a trail, such as arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit, with * and ? as wildcards; ` +
      `received "${pattern.slice(0, 200)}"`,
  );
};

const codesIn = (value: JsonObject): readonly VerdictCode[] => {
  const codes = fieldOf(value, ['codes']);
  if (!Array.isArray(codes) || codes.length === 0) {
    throw new FormatError(
      `field "codes" must be an array of verdict codes, such as NO_KMS_KEY; received ${describeType(codes)}`,
    );
  }
  return codes.map((code: unknown) => {
    if (typeof code === 'string' && isVerdictCode(code)) return code;
    const received = typeof code === 'string' ? `"${code.slice(0, 200)}"` : describeType(code);
    throw new FormatError(
      `field "codes" must contain verdict codes, such as NO_KMS_KEY; received ${received}`,
    );
  });
};

const dateIn = (value: JsonObject): string => {
  const date = required(value, 'expires');
  const time = Date.parse(date);
  // Stryker disable next-line Regex: the comparison rejects other text. The length of the year is limited.
  if (/^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(time) && formatDate(time) === date) return date;
  throw new FormatError(
    `field "expires" must be a date, such as 2026-01-31; received "${date.slice(0, 200)}"`,
  );
};

const required = (value: JsonObject, name: string): string => {
  const text = textOf(value, [name]);
  if (text !== undefined) return text;
  throw new FormatError(`field "${name}" is required; it is absent`);
};

/** Findings with their waivers, and the entries that waive none of them. */
export type WaivedFindings = {
  readonly findings: readonly Finding[];
  readonly problems: readonly WaiverProblem[];
};

/** Adds to each NON_COMPLIANT finding the first waiver that applies to it. `now` is in milliseconds since 1970. */
export const applyWaivers = (
  findings: readonly Finding[],
  entries: readonly WaiverEntry[],
  now: number,
): WaivedFindings => {
  const today = formatDate(now);
  const applicable = entries.flatMap((one) => ('waiver' in one && one.waiver.expires >= today ? [one] : []));
  const used = new Set<number>();
  const waived = findings.map((finding) => {
    const matching = applicable.filter(({ waiver }) => isWaived(finding, waiver));
    for (const { entry } of matching) used.add(entry);
    const [first] = matching;
    if (first === undefined) return finding;
    const { reason, owner, expires } = first.waiver;
    return { ...finding, waiver: { reason, owner, expires } };
  });
  return { findings: waived, problems: entries.flatMap((one) => problemOf(one, today, used)) };
};

const isWaived = ({ compliance, code, trailArn }: Finding, waiver: Waiver): boolean =>
  compliance === 'NON_COMPLIANT' &&
  waiver.codes.includes(code) &&
  matchesWildcards(waiver.trailArn, trailArn);

const problemOf = (one: WaiverEntry, today: string, used: ReadonlySet<number>): readonly WaiverProblem[] => {
  const { entry } = one;
  if ('problem' in one) {
    return [
      { entry, kind: 'invalid', message: `Waiver ${entry} is not valid and waives nothing: ${one.problem}.` },
    ];
  }
  const { trailArn, codes, owner, expires } = one.waiver;
  const name = `Waiver ${entry} (${trailArn}, ${codes.join(', ')}, owner ${owner})`;
  if (expires < today) {
    const message = `${name} expired on ${expires} and waives nothing. Extend it or remove it.`;
    return [{ entry, kind: 'expired', message }];
  }
  if (used.has(entry)) return [];
  const message = `${name} matches no NON_COMPLIANT finding. Correct it, or remove it if the trails are fixed.`;
  return [{ entry, kind: 'unmatched', message }];
};
