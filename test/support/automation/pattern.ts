import { RefusedError } from './errors.js';
import { textAt } from './shape.js';

/** Escapes by a letter or digit that mean the same to RE2, which SSM uses, and here. */
const SAME_ESCAPES = 'dDwWsSbBfnrtv';
const MAX_REPEATS = 1000;

/**
 * Reads an `allowedPattern`.
 *
 * SSM reads these with RE2, and whether it looks for the pattern or matches the whole value is not documented. A pattern
 * is taken only where that makes no difference: with `^` and `$`, and without what RE2 lacks or reads otherwise.
 */
export const readPattern = (value: unknown, where: string): ((text: string) => boolean) => {
  const source = textAt(value, where);
  const problem = problemOf(source);
  if (problem !== undefined) throw new RefusedError(`${where} ${problem}: ${source}`);
  const found = compile(source, where);
  const whole = compile(`^(?:${source})$`, where);
  return (text) => {
    if (found.test(text) !== whole.test(text))
      throw new RefusedError(
        `${where} matches a part of ${JSON.stringify(text)}; put ^( and )$ around all of it.`,
      );
    return whole.test(text);
  };
};

const problemOf = (source: string): string | undefined => {
  if (!source.startsWith('^') || !/(?:^|[^\\])(?:\\\\)*\$$/.test(source))
    return 'should begin with ^ and end with $';
  const groups = source.replaceAll(/\\./gs, '');
  if (/\(\?(?!:)/.test(groups)) return 'has a group that RE2 lacks or that is not known here';
  if (groups.includes('[[:')) return 'has a class of characters by name, which is not known here';
  const unlike = [...source.matchAll(/\\(.)/gs)].find(
    ([, letter = '']) => /\w/.test(letter) && !SAME_ESCAPES.includes(letter),
  );
  if (unlike) return `has the escape ${unlike[0]}, which RE2 lacks or which is not known here`;
  const repeats = [...groups.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, least, most]) => [least, most]);
  return repeats.some((count) => Number(count) > MAX_REPEATS)
    ? `repeats more than ${MAX_REPEATS} times, RE2's limit`
    : undefined;
};

const compile = (source: string, where: string): RegExp => {
  try {
    return new RegExp(source);
  } catch (cause) {
    throw new RefusedError(`${where} is no regular expression: ${source}`, { cause });
  }
};
