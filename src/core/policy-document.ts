import { isJsonObject, type JsonObject } from './json-value.js';

/** The actions or resources of a statement: those listed (`these`), all others (`all-but`), or an element that cannot be read. */
export type Listing = {
  /** The element that lists them, such as `NotAction`. */
  readonly element: string;
  readonly kind: 'these' | 'all-but' | 'unreadable';
  readonly values: readonly string[];
};

/** A principal of a statement: its type (`AWS`, `Service`, `*` for everyone) and its value. */
export type Principal = { readonly type: string; readonly value: string };

/** The principals of a statement: those listed, all others, or an element that cannot be read. */
type Principals = Omit<Listing, 'values'> & { readonly values: readonly Principal[] };

/** One statement of a key policy, its elements sorted but not yet evaluated. */
export type Statement = {
  readonly effect: unknown;
  readonly principals: Principals;
  readonly actions: Listing;
  readonly resources: Listing;
  readonly condition: unknown;
};

/**
 * The statements of a key policy that have an effect, or undefined if they cannot be read. A statement without `Action` and `NotAction`,
 * or without `Resource` and `NotResource`, has none, be it an Allow or a Deny.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
 */
export const statementsOf = (policy: JsonObject): readonly Statement[] | undefined => {
  const given = policy['Statement'];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.every(isJsonObject) ? list.filter(hasEffect).map(statementOf) : undefined;
};

const hasEffect = (statement: JsonObject): boolean =>
  hasEither(statement, 'Action', 'NotAction') && hasEither(statement, 'Resource', 'NotResource');

const hasEither = (statement: JsonObject, name: string, notName: string): boolean =>
  statement[name] !== undefined || statement[notName] !== undefined;

const statementOf = (statement: JsonObject): Statement => ({
  effect: statement['Effect'],
  principals: listed(statement, 'Principal', principalsIn),
  actions: listed(statement, 'Action', textsOf),
  resources: listed(statement, 'Resource', textsOf),
  condition: statement['Condition'],
});

/** Reads an element and its opposite (`Action`, `NotAction`), of which a statement has one. */
const listed = <T>(
  statement: JsonObject,
  name: string,
  read: (value: unknown) => readonly T[] | undefined,
): Omit<Listing, 'values'> & { readonly values: readonly T[] } => {
  const [these, others] = [statement[name], statement[`Not${name}`]];
  const isOpposite = these === undefined;
  const element = isOpposite ? `Not${name}` : name;
  const values = isOpposite || others === undefined ? read(these ?? others) : undefined;
  return values
    ? { element, kind: isOpposite ? 'all-but' : 'these', values }
    : { element, kind: 'unreadable', values: [] };
};

const principalsIn = (principal: unknown): readonly Principal[] | undefined => {
  if (principal === '*') return [{ type: '*', value: '*' }];
  if (!isJsonObject(principal)) return undefined;
  const lists = Object.entries(principal).map(([type, values]) =>
    textsOf(values)?.map((value) => ({ type, value })),
  );
  return lists.length > 0 && lists.every((list) => list !== undefined) ? lists.flat() : undefined;
};

/** A policy contains one text or a list of texts; undefined where it is anything else. */
const textsOf = (value: unknown): readonly string[] | undefined => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every((entry) => typeof entry === 'string') ? list : undefined;
};

/** The answer of a check that may not know: `unknown` never counts as proof. */
export type Certainty = 'yes' | 'no' | 'unknown';

/** A part of a statement, named as in the policy (`Principal`, `StringEquals kms:ViaService`), and whether a request matches it. */
export type Match = { readonly part: string; readonly answer: Certainty };

/** Yes where any says yes; else unknown where any does not know. */
export const anyOf = (answers: readonly Certainty[]): Certainty => {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('unknown') ? 'unknown' : 'no';
};

/** No where any says no; else unknown where any does not know. */
export const allOf = (answers: readonly Certainty[]): Certainty => opposite(anyOf(answers.map(opposite)));

/** The opposite of a certain answer; unknown stays unknown. */
export const opposite = (answer: Certainty): Certainty => {
  if (answer === 'unknown') return answer;
  return answer === 'yes' ? 'no' : 'yes';
};

/** The answer to a check with a certain result. */
export const certain = (isMatch: boolean): Certainty => (isMatch ? 'yes' : 'no');

/**
 * Matches a text against a pattern of IAM: `*` stands for any characters, `?` for one. Policy variables are not resolved.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const matches = (pattern: string, text: string): Certainty =>
  hasVariable(pattern) ? 'unknown' : certain(matchesWildcards(pattern, text));

/** Whether a policy value contains a policy variable such as `${aws:username}`, whose value is unknown. */
export const hasVariable = (value: string): boolean => value.includes('${');

/** Uses the first match of each piece between stars, because a later match never helps the pieces after it. The last one is at the end. */
export const matchesWildcards = (pattern: string, text: string): boolean => {
  const pieces = pattern.split('*');
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    const from = index === pieces.length - 1 ? Math.max(at, text.length - piece.length) : at;
    const place = placeOf(piece, text, from);
    if (place < 0 || (index === 0 && place > 0)) return false;
    at = place + piece.length;
  }
  return true;
};

const placeOf = (piece: string, text: string, from: number): number => {
  // Stryker disable next-line ConditionalExpression,StringLiteral: the search for pieces with `?` has the same result, in more time.
  if (!piece.includes('?')) return text.indexOf(piece, from);
  const signs = piece.split('');
  for (let place = from; place + piece.length <= text.length; place += 1) {
    if (signs.every((sign, at) => sign === '?' || sign === text[place + at])) return place;
  }
  return -1;
};
