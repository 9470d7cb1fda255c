/** A JSON array of any length, in pieces: each entry is made when its turn comes. */
export function* jsonArray(entries: Iterable<unknown>): Iterable<string> {
  let before = '[';
  for (const entry of entries) {
    yield `${before}\n  ${JSON.stringify(entry, null, 2).replaceAll('\n', '\n  ')}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}
