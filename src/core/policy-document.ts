import { isJsonObject, type JsonObject } from './json-value.js';

/** The side of a statement that lists whom, what or which it is about, or all but those; `unreadable` where it is neither. */
export type Listing =
  | { readonly kind: 'these' | 'all-but'; readonly values: readonly string[] }
  | { readonly kind: 'unreadable' };

/** A principal of a statement: its type (`AWS`, `Service`, `*` for everyone) and its value. */
export type Principals =
  | {
      readonly kind: 'these' | 'all-but';
      readonly entries: readonly { readonly type: string; readonly value: string }[];
    }
  | { readonly kind: 'unreadable' };

/** One statement of a key policy, its parts sorted but not yet understood. */
export type Statement = {
  readonly effect: unknown;
  readonly principals: Principals;
  readonly actions: Listing;
  readonly resources: Listing;
  readonly condition: unknown;
};

/**
 * The statements of a policy document, or undefined if they cannot be parsed.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export const statementsOf = (policy: JsonObject): readonly Statement[] | undefined => {
  const given = policy['Statement'];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.every(isJsonObject) ? list.map(statementOf) : undefined;
};

const statementOf = (statement: JsonObject): Statement => ({
  effect: statement['Effect'],
  principals: principalsOf(statement),
  actions: listingOf(statement, 'Action', 'NotAction'),
  resources: listingOf(statement, 'Resource', 'NotResource'),
  condition: statement['Condition'],
});

const listingOf = (statement: JsonObject, name: string, notName: string): Listing => {
  const [these, others] = [textsOf(statement[name]), textsOf(statement[notName])];
  if (these) return { kind: 'these', values: these };
  return others ? { kind: 'all-but', values: others } : { kind: 'unreadable' };
};

const principalsOf = (statement: JsonObject): Principals => {
  const [these, others] = [entriesOf(statement['Principal']), entriesOf(statement['NotPrincipal'])];
  if (these) return { kind: 'these', entries: these };
  return others ? { kind: 'all-but', entries: others } : { kind: 'unreadable' };
};

const entriesOf = (principal: unknown) => {
  if (principal === '*') return [{ type: '*', value: '*' }];
  if (!isJsonObject(principal)) return undefined;
  const lists = Object.entries(principal).map(([type, values]) =>
    textsOf(values)?.map((value) => ({ type, value })),
  );
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
};

/** A policy writes one text or a list of texts; undefined where it is anything else. */
export const textsOf = (value: unknown): readonly string[] | undefined => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((entry) => typeof entry === 'string') ? list : undefined;
};

/** The answer of a check that may not know: `unknown` never counts as proof. */
export type Certainty = 'yes' | 'no' | 'unknown';

/** Yes where any says yes; else unknown where any does not know. */
export const anyOf = (answers: readonly Certainty[]): Certainty => {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('unknown') ? 'unknown' : 'no';
};

/** No where any says no; else unknown where any does not know. */
export const allOf = (answers: readonly Certainty[]): Certainty => {
  if (answers.includes('no')) return 'no';
  return answers.includes('unknown') ? 'unknown' : 'yes';
};

/** The opposite of a certain answer; what is not known stays so. */
export const opposite = (answer: Certainty): Certainty => {
  if (answer === 'unknown') return answer;
  return answer === 'yes' ? 'no' : 'yes';
};

/**
 * Matches a text against a pattern of IAM: `*` stands for any characters, `?` for one. Policy variables are not understood.
 * It takes at most pattern × text steps, whatever the pattern.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const matches = (pattern: string, text: string): Certainty => {
  if (hasVariable(pattern)) return 'unknown';
  return matchesWildcards(pattern, text) ? 'yes' : 'no';
};

/** Whether a policy value contains a policy variable such as `${aws:username}`, whose value is unknown. */
export const hasVariable = (value: string): boolean => value.includes('${');

const matchesWildcards = (pattern: string, text: string): boolean => {
  let reachable = new Set([0]);
  for (const sign of pattern) {
    reachable = advance(sign, text, reachable);
    // Stryker disable next-line ConditionalExpression: this only saves time, because an empty set stays empty.
    if (reachable.size === 0) return false;
  }
  return reachable.has(text.length);
};

/** The places in the text that can be reached from those reached before, over one more sign of the pattern. */
const advance = (sign: string, text: string, from: ReadonlySet<number>): Set<number> => {
  const first = Math.min(...from);
  if (sign === '*') return new Set(placesIn(text).filter((at) => at >= first));
  // Beyond the end of the text a place leads nowhere.
  const fits = (at: number) => sign === '?' || text[at] === sign;
  return new Set([...from].filter(fits).map((at) => at + 1));
};

/** The places between its signs, its start and its end among them. */
const placesIn = (text: string): readonly number[] => Array.from({ length: text.length + 1 }, (_, at) => at);
