import { isUtf8 } from 'node:buffer';
import { FormatError } from '../core/errors.js';
import { decoderInto } from './files.js';
import { isBlank, newCursor, OPEN_LIST, OPEN_OBJECT, QUOTE, skipInside, skipString } from './json-bytes.js';
import { type IncompleteValue, type Splitter, type SplitValue, splitJson } from './json-splitter.js';
import { reasonOf } from './problem.js';
import { DOCUMENT_LISTS, recognize, SEARCH_TERMS } from './recognize.js';
import {
  addPart,
  addTemplate,
  emptyContents,
  finalContents,
  type PartialContents,
  type SourceContents,
} from './source-contents.js';

/** A file or standard input. `onBytes` is called with the number of bytes of each chunk. */
export type Source = {
  readonly path: string;
  readonly stream: () => AsyncIterable<Buffer>;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. Data with a later time is not valid. */
  readonly now: number;
};

/** Reads a source to its end, or as far as possible: values before corrupt data are used. Does not throw for invalid input. */
export const readSource = async (source: Source): Promise<SourceContents> => {
  const contents = emptyContents(source);
  const text = textInto(source.path, contents);
  let size = 0;
  const decoder = decoderInto((bytes) => {
    size += bytes.length;
    text.write(bytes);
  });
  try {
    for await (const bytes of source.stream()) {
      source.onBytes(bytes.length);
      await decoder.write(bytes);
    }
    await decoder.end();
    await text.end();
  } catch (error) {
    if (!source.signal.aborted) {
      contents.ended = `${size > 0 ? `After byte ${size}: ` : ''}${reasonOf(error)}`;
    }
  }
  return finalContents(contents);
};

type TextReader = { readonly write: (bytes: Buffer) => void; readonly end: () => Promise<void> };

/** Reads JSON as it arrives. Other text is kept, up to the size of a template, because it can be a template in YAML. */
const textInto = (path: string, contents: PartialContents): TextReader => {
  const json = jsonInto(contents);
  const chunks: Buffer[] = [];
  let size = 0;
  let isJson = false;
  const flush = (): void => {
    isJson = true;
    for (const chunk of chunks.splice(0)) json.write(chunk);
  };
  return {
    write: (bytes) => {
      if (isJson) return json.write(bytes);
      chunks.push(bytes);
      size += bytes.length;
      const first = contents.hasText ? undefined : bytes.find((byte) => !isBlank(byte));
      contents.hasText ||= first !== undefined;
      if (first === OPEN_OBJECT || first === OPEN_LIST || size > MAX_TEMPLATE_BYTES) flush();
    },
    end: async () => {
      const text = Buffer.concat(chunks).toString('utf8');
      if (YAML_TEMPLATE.test(text)) return readYaml(text, { path, contents });
      if (!isJson && YAML_FILE.test(path)) contents.unknown = { at: 0, isEmpty: false };
      else flush();
      json.end();
    },
  };
};

/** CloudFormation accepts templates of 1 MB. */
const MAX_TEMPLATE_BYTES = 2 * 1024 * 1024;

const YAML_TEMPLATE = /^["']?Resources["']?\s*:/m;
const YAML_FILE = /\.(ya?ml|template)$/i;

/** The YAML parser is loaded when it is needed. */
const readYaml = async (
  text: string,
  { path, contents }: { readonly path: string; readonly contents: PartialContents },
): Promise<void> => {
  const { parseYamlTemplates } = await import('./yaml-template.js');
  for (const { at, read } of parseYamlTemplates(text, path)) addTemplate(contents, read, at);
};

/** The values that are incomplete, and where they start. Each of them requires reading the rest again. */
type Incomplete = { readonly values: IncompleteValue[] };

const jsonInto = (contents: PartialContents): Splitter => {
  const incomplete: Incomplete = { values: [] };
  const splitter = splitterInto(contents, incomplete, 0);
  return {
    write: splitter.write,
    end: () => {
      splitter.end();
      readAfterIncomplete(contents, incomplete);
    },
  };
};

/** Splits text that starts at an offset of the source. */
const splitterInto = (contents: PartialContents, incomplete: Incomplete, start: number): Splitter =>
  splitJson({
    searchTerms: SEARCH_TERMS,
    lists: DOCUMENT_LISTS,
    value: (value) => readValue({ ...value, at: start + value.at }, { contents, incomplete }),
    problem: (at, message, beginning) => {
      contents.problems.add(`At byte ${start + at}: ${message}.`);
      countUnusable(contents);
      if (beginning) addIncomplete({ ...beginning, at: start + beginning.at }, incomplete);
    },
  });

/** A file with more incomplete lines is not AWS Config data. */
const MAX_INCOMPLETE = 20;

const addIncomplete = ({ bytes, at }: IncompleteValue, { values }: Incomplete): void => {
  if (values.length < MAX_INCOMPLETE) values.push({ bytes, at });
};

/**
 * In JSON Lines, an incomplete line contains the lines after it. Continues at the next line that starts with `{`. No line inside an
 * indented object does.
 */
const readAfterIncomplete = (contents: PartialContents, incomplete: Incomplete): void => {
  for (let count = 0; count < MAX_INCOMPLETE; count += 1) {
    const { bytes, at } = incomplete.values.shift() ?? { bytes: Buffer.alloc(0), at: 0 };
    const line = bytes.indexOf('\n{');
    if (line < 0) continue;
    const splitter = splitterInto(contents, incomplete, at + line + 1);
    splitter.write(bytes.subarray(line + 1));
    splitter.end();
  }
};

type Target = { readonly contents: PartialContents; readonly incomplete: Incomplete };

/** A file with more values that cannot be used is not AWS Config data: reading the rest would only take time. */
const MAX_UNUSABLE = 100_000;

const countUnusable = (contents: PartialContents): void => {
  contents.unusable += 1;
  if (contents.unusable > MAX_UNUSABLE) {
    throw new FormatError(
      `the source contains more than ${MAX_UNUSABLE} values that Trailkey cannot use, so the rest was not read`,
    );
  }
};

/**
 * Adds the parts of a value to the contents. A value that is not valid is added as a problem.
 *
 * @throws FormatError after too many values that cannot be used
 */
const readValue = (value: SplitValue, { contents, incomplete }: Target): void => {
  let lines: ReadonlyMap<string, number> | undefined;
  const lineOf = (logicalId: string): number => {
    lines ??= linesOfResources(value.bytes);
    return lines.get(logicalId) ?? 1;
  };
  const parsed = isOtherItem(value) ? undefined : parseValue(value);
  if (parsed?.kind === 'invalid') {
    if (value.list === undefined) addIncomplete(value, incomplete);
    contents.problems.add(`At byte ${value.at}: ${parsed.message}.`);
    countUnusable(contents);
    return;
  }
  const parts = parsed ? recognize(parsed.value, value.list) : [{ kind: 'other' } as const];
  for (const part of parts) addPart(contents, part, { at: value.at, lineOf });
  if (parts.some(({ kind }) => kind === 'unknown' || kind === 'invalid')) countUnusable(contents);
};

type Parsed =
  | { readonly kind: 'valid'; readonly value: unknown }
  | { readonly kind: 'invalid'; readonly message: string };

const parseValue = ({ bytes }: SplitValue): Parsed => {
  try {
    // Decoded as UTF-8, different invalid bytes would become the same character, and two names the same.
    return { kind: 'valid', value: JSON.parse(bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')) };
  } catch (error) {
    const [, position] = /position (\d+)/.exec(String(error)) ?? [];
    const where = position ? `: the error is at character ${position} of the value` : '';
    return { kind: 'invalid', message: `this value is not valid JSON${where}` };
  }
};

/** Member names by which an object with a resourceType can still contain a trail or a key. */
const DOCUMENT_MARKS = ['railARN', 'KeyMetadata', 'invokingEvent', 'messageType', 'terraform_version'];

/** Recognizes an item of another type without parsing it. Most JSON lines of an account are such items. */
const isOtherItem = ({ bytes, mayMatch }: SplitValue): boolean =>
  !mayMatch && bytes.includes('"resourceType"') && !DOCUMENT_MARKS.some((mark) => bytes.includes(mark));

/** The lines on which the resources of a template in JSON start, by logical ID. */
const linesOfResources = (template: Buffer): ReadonlyMap<string, number> => {
  const lines = new Map<string, number>();
  const cursor = newCursor();
  let at = Math.max(0, template.toString('latin1').search(/"Resources"\s*:/)) + RESOURCES.length;
  let [line, counted] = [1, 0];
  while (at < template.length) {
    const start = template.indexOf(QUOTE, at) + 1;
    const end = skipString(template, start, cursor);
    const open = template.indexOf(OPEN_OBJECT, end);
    if (start === 0 || open < 0) break;
    line += newlinesIn(template.subarray(counted, start));
    counted = start;
    lines.set(template.toString('utf8', start, end - 1), line);
    cursor.depth = 1;
    at = skipInside(template, open + 1, { cursor, stopDepth: 0 });
  }
  return lines;
};

const RESOURCES = '"Resources"';

const newlinesIn = (bytes: Buffer): number => bytes.toString('latin1').split('\n').length - 1;
