import { FormatError } from '../core/errors.js';
import { type Found, keepBroken } from './found.js';
import { addAlias, addDescribedKey, addItem, addSighting } from './inventory.js';
import { reasonOf } from './problem.js';
import { type Recognised, recognise } from './recognise.js';
import type { SplitValue } from './splitter-state.js';

/** Takes a value that was split off for what it is; what is wrong with it becomes a problem of its file. */
export const takeValue = (value: SplitValue, found: Found): void => {
  try {
    const recognised = recogniseIn(value, found);
    if (recognised.kind === 'unknown') found.unknownAt ??= value.at;
    else found.recognised = true;
    take(recognised, found);
  } catch (error) {
    found.problems.add(`At byte ${value.at}: ${reasonOf(error)}`);
  }
};

const recogniseIn = (value: SplitValue, found: Found): Recognised => {
  if (isOtherItem(value)) return { kind: 'other' };
  const parsed = parse(value, found);
  try {
    return recognise(parsed, value.list);
  } catch (error) {
    found.recognised = true; // Broken, but of a kind that is known.
    throw error;
  }
};

const take = (recognised: Recognised, found: Found): void => {
  switch (recognised.kind) {
    case 'item':
      found.hasParameters ||= recognised.hasParameters;
      addItem(found.inventory, recognised.item);
      break;
    case 'trail':
      addSighting(found.inventory, recognised.sighting);
      break;
    case 'key':
      addDescribedKey(found.inventory, recognised.key);
      break;
    case 'alias':
      addAlias(found.inventory, recognised.alias, undefined);
      break;
    case 'other':
    case 'unknown':
      break;
  }
};

/** What makes a document that is an item more than that: the name of a member that may hold a trail or a key. */
const DOCUMENT_MARKS = ['railARN', 'KeyMetadata', 'invokingEvent', 'messageType'];

/** Knows an item of another type without parsing it: JSON lines of a whole account are mostly those. */
const isOtherItem = ({ bytes, hit }: SplitValue): boolean =>
  !hit && bytes.includes('"resourceType"') && !DOCUMENT_MARKS.some((mark) => bytes.includes(mark));

const parse = (value: SplitValue, found: Found): unknown => {
  try {
    return JSON.parse(value.bytes.toString('utf8'));
  } catch (error) {
    if (value.list === undefined) keepBroken(value, found);
    const [, offset] = /position (\d+)/.exec(String(error)) ?? [];
    throw new FormatError(
      `this value is not valid JSON${offset ? `: it breaks ${offset} characters in` : ''}`,
    );
  }
};
