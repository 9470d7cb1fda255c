/** PutEvaluations takes an annotation of 1 to 256 characters. */
export const MAX_ANNOTATION_CHARACTERS = 256;

/** A sentence around one name (an ARN, mostly), which may be shortened so that the whole fits. */
export type Phrase = { readonly before: string; readonly name: string; readonly after: string };

const MAX_DETAIL_CHARACTERS = 40;
const ELLIPSIS = '...';

/**
 * Makes a phrase of a template. Its first value is the name; further ones are details (a Region, a state, a day) of at most 40
 * characters. Values may come from outside: whatever is not printable ASCII is shown as `?`.
 */
export const phrase = (texts: readonly string[], name: string, ...details: string[]): Phrase => {
  // Stryker disable next-line StringLiteral: a template has a first text, if an empty one.
  const [before = '', ...others] = texts;
  const after = others.map((text, index) => text + detail(details[index])).join('');
  return { before, name: printable(name), after };
};

/** Sets a phrase behind its code, with the name shortened in its middle to whatever room is left. */
export const compose = (code: string, { before, name, after }: Phrase): string => {
  const room = MAX_ANNOTATION_CHARACTERS - `${code}: ${before}${after}`.length;
  return `${code}: ${before}${shorten(name, room)}${after}`;
};

/** There is one less than there are texts. */
const detail = (text = ''): string => shorten(printable(text), MAX_DETAIL_CHARACTERS);

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/gu, '?');

/** The end of an ARN tells keys apart, so it keeps the larger half. */
const shorten = (text: string, room: number): string => {
  if (text.length <= room) return text;
  const kept = room - ELLIPSIS.length;
  const head = Math.floor(kept / 2);
  return `${text.slice(0, head)}${ELLIPSIS}${text.slice(text.length - (kept - head))}`;
};
