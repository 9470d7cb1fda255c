import { harmless } from '../harmless.js';

/**
 * Text from outside as a code span, where nothing acts: no markup, link, mention or reference. The two signs that could end the
 * span or its table cell are spelled out.
 */
export const codeSpan = (text: string): string =>
  text.trim() === '' ? '–' : `\`${spell(harmless(text), /[`|]/g)}\``;

/** Sentences that may hold names from outside: signs that could act are spelled out, those that sentences need are escaped. */
export const prose = (text: string): string =>
  spell(harmless(text), /[`|<>[\]\\@#$&~!]|(?<=:)\/(?=\/)|(?<=www)\./gi).replace(/[*_]/g, '\\$&');

const spell = (text: string, signs: RegExp): string =>
  text.replace(signs, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`);
