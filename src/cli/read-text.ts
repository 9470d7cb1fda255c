import { readFile } from 'node:fs/promises';

const LITTLE_ENDIAN = Buffer.from([0xff, 0xfe]);
const BIG_ENDIAN = Buffer.from([0xfe, 0xff]);

/**
 * Reads a small file as text: UTF-8, or UTF-16 where it begins with a byte-order mark, as what Windows PowerShell redirects into a
 * file does. The mark is taken away.
 *
 * @throws whatever reading throws
 */
export const readText = async (file: string): Promise<string> => {
  const bytes = await readFile(file);
  return new TextDecoder(encodingOf(bytes.subarray(0, 2))).decode(bytes);
};

const encodingOf = (head: Buffer): string => {
  if (head.equals(LITTLE_ENDIAN)) return 'utf-16le';
  return head.equals(BIG_ENDIAN) ? 'utf-16be' : 'utf-8';
};
