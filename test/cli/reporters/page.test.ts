import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import wrapAnsi from 'wrap-ansi';
import { widthOf, wrap } from '../../../src/cli/reporters/page.js';

const word = fc.string({ unit: fc.constantFrom('a', 'B', '7', ':', '/', '.'), minLength: 1, maxLength: 40 });
const plain = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
const any = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', ' ', 'é', '漢', '👩‍👧', '\u001b[31m', '\u001b[39m', '\n'),
});

it('wraps plain text as wrap-ansi does', () => {
  fc.assert(
    fc.property(plain, fc.integer({ min: 10, max: 30 }), (text, width) => {
      expect(wrap(text, width)).toEqual(wrapAnsi(text, width, { hard: true }).split('\n'));
    }),
  );
});

const spaced = fc.string({ unit: fc.constantFrom('a', 'b', '/', ' '), maxLength: 40 });

it('keeps several spaces as wrap-ansi does', () => {
  fc.assert(
    fc.property(spaced, fc.integer({ min: 10, max: 30 }), (text, width) => {
      expect(wrap(text, width).join('\n')).toEqual(wrapAnsi(text, width, { hard: true }));
      expect(widthOf(text)).toBe(stringWidth(text));
    }),
  );
});

it('wraps any other text with wrap-ansi', () => {
  fc.assert(
    fc.property(any, fc.integer({ min: 10, max: 30 }), (text, width) => {
      expect(wrap(text, width).join('\n')).toEqual(wrapAnsi(text, width, { hard: true }));
      expect(widthOf(text)).toBe(stringWidth(text));
    }),
  );
});
