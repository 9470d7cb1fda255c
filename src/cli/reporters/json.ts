import type { Reporter } from './types.js';

/** The report as JSON, in the shape of `report.schema.json`. */
export const renderJson: Reporter = function* (report) {
  const { findings, notEvaluated, errors, ...head } = report;
  yield `${toJson(head).slice(0, -'\n}'.length)},\n`;
  yield* list('findings', findings, ',');
  yield* list('notEvaluated', notEvaluated, ',');
  yield* list('errors', errors, '');
  yield '}\n';
};

function* list(name: string, entries: readonly unknown[], end: string): Iterable<string> {
  yield `  "${name}": [`;
  for (const [index, entry] of entries.entries()) {
    yield `${index === 0 ? '' : ','}\n    ${toJson(entry).replaceAll('\n', '\n    ')}`;
  }
  yield `${entries.length === 0 ? '' : '\n  '}]${end}\n`;
}

/** JSON that is safe on a terminal: control characters that JSON does not escape are escaped, so that no data is lost. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(
    /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu,
    (characters) => characters.split('').map(escapeUnit).join(''),
  );

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A JSON array of any length, in pieces: each entry is created on demand. */
export function* jsonArray(entries: Iterable<unknown>): Iterable<string> {
  let before = '[';
  for (const entry of entries) {
    yield `${before}\n  ${JSON.stringify(entry, null, 2).replaceAll('\n', '\n  ')}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}
