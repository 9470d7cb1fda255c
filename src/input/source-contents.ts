import { groupBy } from '../core/collections.js';
import type { ConfigurationItem } from '../core/configuration-item.js';
import { FormatError } from '../core/errors.js';
import type { Key } from '../core/key.js';
import { readTemplate, type Template } from './cloudformation.js';
import type { Place } from './facts.js';
import {
  addAlias,
  addItem,
  addKey,
  addObservedTrail,
  addTrail,
  emptyInventory,
  type Inventory,
} from './inventory.js';
import type { NotEvaluated } from './other-output.js';
import type { Planned } from './planned.js';
import { type Problem, type ProblemList, problemsOf, reasonOf } from './problem.js';
import type { KeyFacts, RecognizedValue } from './recognize.js';
import { readTerraform } from './terraform.js';

/** The contents of a source. */
export type SourceContents = {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  /** Whether a value was recognized, also one that is not valid. */
  readonly recognized: boolean;
  /** Whether the source contains anything, also only empty lists. */
  readonly hasText: boolean;
  /** The first value that was not recognized. */
  readonly unknown: UnknownValue | undefined;
  /** Whether a rule event contains parameters. They are not used. */
  readonly hasParameters: boolean;
  /** What the source contains that is not evaluated and not an error, and what is an error only outside folders. */
  readonly notEvaluated: readonly Omit<NotEvaluated, 'kind'>[];
  /** The policies and rotation statuses of keys that the source identifies only by a key ID. */
  readonly keyFacts: readonly LocatedFacts[];
};

/** A value that was not recognized, and its offset. */
type UnknownValue = { readonly at: number; readonly isEmpty: boolean };

/** The policy or the rotation status of a key, and where it was read. */
type LocatedFacts = { readonly facts: KeyFacts; readonly place: Place };

/** The contents of a source while it is read. */
export type PartialContents = {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly inventory: Inventory;
  readonly problems: ProblemList;
  readonly keyFacts: LocatedFacts[];
  readonly notEvaluated: Map<string, Omit<NotEvaluated, 'kind'>>;
  /** Why reading ended before the end of the source. */
  ended: string | undefined;
  /** The number of values that are not valid or were not recognized. */
  unusable: number;
  recognized: boolean;
  hasList: boolean;
  hasText: boolean;
  hasParameters: boolean;
  unknown: UnknownValue | undefined;
};

/** Where a value was read, and the number of the line on which a resource of a template starts. */
export type ValueLocation = { readonly at: number; readonly lineOf: (logicalId: string) => number };

/** Returns the contents of a source that was not read yet. `now` is in milliseconds since 1970. */
export const emptyContents = ({
  path,
  now,
}: {
  readonly path: string;
  readonly now: number;
}): PartialContents => ({
  path,
  now,
  inventory: emptyInventory(),
  problems: problemsOf(path),
  keyFacts: [],
  notEvaluated: new Map(),
  ended: undefined,
  unusable: 0,
  recognized: false,
  hasList: false,
  hasText: false,
  hasParameters: false,
  unknown: undefined,
});

/** Adds a part of a value. A part that is not valid is added as a problem. */
export const addPart = (contents: PartialContents, part: RecognizedValue, location: ValueLocation): void => {
  if (part.kind === 'document') contents.hasList = true;
  else if (part.kind !== 'unknown') contents.recognized = true;
  attempt(contents, location.at, () => addRecognized(contents, part, location));
};

/** Adds the trails and keys of a template. */
export const addTemplate = (contents: PartialContents, read: () => Template, at: number): void => {
  contents.recognized = true;
  attempt(contents, at, () => addPlanned(contents, readTemplate(read()), at));
};

/** Returns the contents of a source that was read to its end. */
export const finalContents = (contents: PartialContents): SourceContents => {
  const keyFacts = joinFacts(contents);
  const recognized = contents.recognized || (contents.hasList && contents.unknown === undefined);
  const problems = contents.problems.list();
  const end = contents.ended === undefined ? [] : [{ source: contents.path, message: contents.ended }];
  return {
    inventory: contents.inventory,
    // In a file without any recognized value, the problems after the first one have the same cause.
    problems: [...(recognized ? problems : problems.slice(0, 1)), ...end],
    recognized,
    hasText: contents.hasText,
    unknown: contents.unknown,
    hasParameters: contents.hasParameters,
    notEvaluated: [...contents.notEvaluated.values()],
    keyFacts,
  };
};

const attempt = (contents: PartialContents, at: number, task: () => void): void => {
  try {
    task();
  } catch (error) {
    contents.problems.add(`At byte ${at}: ${reasonOf(error)}`);
  }
};

const addRecognized = (
  contents: PartialContents,
  part: RecognizedValue,
  { at, lineOf }: ValueLocation,
): void => {
  const { inventory, path } = contents;
  const place = { source: path, at };
  switch (part.kind) {
    case 'item':
      contents.hasParameters ||= part.hasParameters;
      checkTime(part.item, contents.now);
      addItem(inventory, part.item, place);
      break;
    case 'trail':
      addObservedTrail(inventory, part.observed, place);
      break;
    case 'key':
      addKey(inventory, part.key, place);
      break;
    case 'key-facts':
      contents.keyFacts.push({ facts: part.facts, place });
      break;
    case 'alias':
      addAlias(inventory, part.alias, place);
      break;
    case 'CloudFormation':
      addTemplate(contents, () => ({ value: part.value, file: path, lineOf }), at);
      break;
    case 'Terraform':
      addPlanned(contents, readTerraform(part.value, path), at);
      break;
    case 'not-evaluated':
      addNotEvaluated(contents, part, at);
      break;
    case 'invalid':
      throw part.error;
    case 'unknown':
      contents.unknown ??= { at, isEmpty: part.isEmpty };
      break;
    case 'other':
    case 'document':
      break;
  }
};

const addPlanned = (contents: PartialContents, planned: Planned, at: number): void => {
  const { inventory, path } = contents;
  const place = { source: path, at };
  for (const trail of planned.trails) addTrail(inventory, trail, place);
  for (const key of planned.keys) addKey(inventory, key, place);
  for (const alias of planned.aliases) addAlias(inventory, alias, place);
  for (const problem of planned.problems) contents.problems.add(`At byte ${at}: ${problem}.`);
  for (const message of planned.notes) contents.notEvaluated.set(message, { message, isError: 'never' });
};

/** Each trail of list-trails has the same message, which is added once. */
const addNotEvaluated = (
  { notEvaluated, problems }: PartialContents,
  { message, isError }: NotEvaluated,
  at: number,
): void => {
  if (isError === 'always' && !notEvaluated.has(message)) problems.add(`At byte ${at}: ${message}.`);
  notEvaluated.set(message, { message, isError });
};

/** The maximum difference between two clocks, in milliseconds. */
const CLOCK_SKEW_MS = 3_600_000;

/** An item from the future would replace all others. */
const checkTime = ({ capturedAt = 0, resourceType, resourceId }: ConfigurationItem, now: number): void => {
  if (capturedAt <= now + CLOCK_SKEW_MS) return;
  throw new FormatError(
    `field "configurationItemCaptureTime" of ${resourceType} "${resourceId}" must not be in the future; received ${new Date(capturedAt).toISOString()}`,
  );
};

/** Adds policies and rotation statuses to the keys of a source. Returns those whose key can be in another source. */
const joinFacts = (contents: PartialContents): readonly LocatedFacts[] => {
  const { inventory, keyFacts } = contents;
  const byId = keyArnsById(inventory);
  const all = [...byId.values()].flat();
  return keyFacts.filter(({ facts, place }) => {
    const matching = facts.keyId === undefined ? all : (byId.get(facts.keyId) ?? []);
    const [arn, ...others] = facts.keyId?.startsWith('arn:') ? [facts.keyId] : matching;
    if (arn !== undefined && others.length === 0) {
      addKey(inventory, keyWithFacts(arn, facts), place);
      return false;
    }
    if (facts.keyId === undefined) {
      contents.problems.add(`At byte ${place.at}: ${withoutKey(facts, all.length)}.`);
    }
    return facts.keyId !== undefined;
  });
};

/** The ARNs of the keys in an inventory, by key ID. */
export const keyArnsById = ({ keys }: Inventory): ReadonlyMap<string, readonly string[]> => {
  const arns = [...keys.values()]
    .flat()
    .flatMap(({ value }) => (value.kind === 'found' ? [value.key.arn] : []));
  return groupBy([...new Set(arns)], (arn) => arn.slice(arn.lastIndexOf('/') + 1));
};

/** A key of which only the policy or the rotation status is known. */
export const keyWithFacts = (arn: string, { policy, rotation }: KeyFacts): Key => ({
  arn,
  state: undefined,
  manager: undefined,
  spec: undefined,
  usage: undefined,
  origin: undefined,
  deletionDate: undefined,
  validTo: undefined,
  policy,
  rotation,
});

const withoutKey = ({ operation }: KeyFacts, keys: number): string =>
  `the output of ${operation} does not contain its key, and the file contains ${keys === 0 ? 'no key' : `${keys} keys`}: ` +
  'save it in one file with the describe-key output of its key, or add the field "KeyId" with the key ARN';
