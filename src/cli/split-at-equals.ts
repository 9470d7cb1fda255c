import { UsageError } from './usage-error.js';

/**
 * Splits a value such as `name=value` at its first equals sign.
 *
 * @throws UsageError that names the option and the shape that it should have
 */
export const splitAtEquals = (
  text: string,
  option: string,
  { shape, needsValue }: Shape,
): readonly [string, string] => {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && (value !== '' || !needsValue)) return [name, value];
  throw new UsageError(`${option} should be ${shape} and is "${text}".`);
};

type Shape = { readonly shape: string; readonly needsValue: boolean };
