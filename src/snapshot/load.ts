import { parseConfigurationItem } from '../core/configuration-item.js';
import { FormatError } from '../core/errors.js';
import { describeType, isJsonObject } from '../core/json-value.js';
import { findFiles } from './find-files.js';
import { addItem, emptyInventory, type Inventory, isWanted } from './inventory.js';
import { type Problem, reasonOf } from './problem.js';
import { readItems } from './read-items.js';

/** What came of reading files: all that could be read, and a problem for each thing that could not. */
export type Loaded = { readonly inventory: Inventory; readonly problems: readonly Problem[] };

/** Reads snapshot and history files of AWS Config, and folders of them. A file that cannot be read does not hide the others. */
export const load = async (paths: readonly string[]): Promise<Loaded> => {
  const inventory = emptyInventory();
  const problems: Problem[] = [];
  for (const path of paths) {
    const found = await findFiles(path);
    problems.push(...found.problems);
    for (const file of found.files) problems.push(...(await loadFile(file, inventory)));
  }
  return { inventory, problems };
};

const loadFile = async (source: string, inventory: Inventory): Promise<readonly Problem[]> => {
  try {
    const items = await readItems(source);
    return items.flatMap((item, index) => loadItem({ source, item, index }, inventory));
  } catch (error) {
    return [{ source, message: reasonOf(error) }];
  }
};

type Located = { readonly source: string; readonly item: unknown; readonly index: number };

const loadItem = ({ source, item, index }: Located, inventory: Inventory): readonly Problem[] => {
  try {
    if (!isJsonObject(item)) throw new FormatError(`expected an object and found ${describeType(item)}`);
    if (isWanted(item['resourceType'])) addItem(inventory, parseConfigurationItem(item));
    return [];
  } catch (error) {
    return [{ source, message: `Item ${index + 1}: ${reasonOf(error)}` }];
  }
};
