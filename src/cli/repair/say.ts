import { harmless } from '../harmless.js';
import type { Output } from '../terminal.js';

/** Writes a text, made harmless, line by line. */
export const say = (output: Output, text: string): void => {
  for (const line of text.split('\n')) output.write(`${harmless(line)}\n`);
};
