import type { Reporter } from './reporter.js';

/** The report as JSON, in the shape of `report.schema.json`. */
export const renderJson: Reporter = function* (report) {
  const { findings, unjudged, errors, ...head } = report;
  yield `${JSON.stringify(head, null, 2).slice(0, -'\n}'.length)},\n`;
  yield* list('findings', findings, ',');
  yield* list('unjudged', unjudged, ',');
  yield* list('errors', errors, '');
  yield '}\n';
};

function* list(name: string, entries: readonly unknown[], end: string): Iterable<string> {
  yield `  "${name}": [`;
  for (const [index, entry] of entries.entries()) {
    yield `${index === 0 ? '' : ','}\n    ${JSON.stringify(entry, null, 2).replaceAll('\n', '\n    ')}`;
  }
  yield `${entries.length === 0 ? '' : '\n  '}]${end}\n`;
}
