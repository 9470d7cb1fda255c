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
 * The statements of a policy document, or undefined where it holds none that can be read.
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
