import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FormatError } from '../core/errors.js';
import { describeType, isJsonObject, type JsonObject, parseJson } from '../core/json-value.js';

const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * Reads the configuration items of a snapshot or history file, gzipped or plain.
 *
 * @throws FormatError where the file holds no such thing; a system error where it cannot be read
 * @see https://docs.aws.amazon.com/config/latest/developerguide/deliver-snapshot-cli.html
 */
export const readItems = async (file: string): Promise<readonly unknown[]> => {
  const bytes = await readFile(file);
  const plain = GZIP_MAGIC.every((byte, index) => bytes[index] === byte)
    ? await promisify(gunzip)(bytes)
    : bytes;
  const document = parseJson(plain.toString('utf8'));
  if (document === undefined)
    throw new FormatError('expected a snapshot or history file of AWS Config, and it is not JSON');
  const items = isJsonObject(document) ? itemsIn(document) : undefined;
  if (!items)
    throw new FormatError(`expected an object with configurationItems, and it is ${describeType(document)}`);
  return items;
};

const itemsIn = ({ configurationItems }: JsonObject): readonly unknown[] | undefined =>
  Array.isArray(configurationItems) ? configurationItems : undefined;
