import {
  type ChunkBuffer,
  CLOSE_LIST,
  COMMA,
  type Cursor,
  containsTerm,
  createChunkBuffer,
  isBlank,
  isClosing,
  isMark,
  isOpening,
  newCursor,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  resumeString,
  searchFor,
  skipInside,
  skipString,
  type TermSearch,
} from './json-bytes.js';

/** Accepts a text in chunks of any size. `end` reports a value that is incomplete. */
export type Splitter = { readonly write: (bytes: Buffer) => void; readonly end: () => void };

/** A value of the text. */
export type SplitValue = {
  readonly bytes: Buffer;
  /** The offset in the text, in bytes. */
  readonly at: number;
  /** The name of the document's list that contains it, in lower case. */
  readonly list: string | undefined;
  /** Whether the value can contain a search term. If false, it does not contain any. */
  readonly mayMatch: boolean;
};

/** The bytes of a value that is incomplete, and its offset in the text. */
export type IncompleteValue = Pick<SplitValue, 'bytes' | 'at'>;

/** Options of a splitter, and the functions that receive its results. Offsets are in bytes from the start of the text. */
export type SplitOptions = {
  /** ASCII terms for the lists of which only matching elements are values. */
  readonly searchTerms: readonly string[];
  /**
   * The lists of a document whose elements are values, by their names in lower case: all elements of a list directly in the document,
   * or only those that can contain a search term, of a list up to two levels deeper.
   */
  readonly lists: ReadonlyMap<string, 'all' | 'matching'>;
  readonly value: (value: SplitValue) => void;
  /** `incomplete` is the beginning of an incomplete value, if it is not too large. */
  readonly problem: (at: number, message: string, incomplete?: IncompleteValue) => void;
};

/**
 * Splits JSON text into values without keeping the text in memory: consecutive objects, the elements of an array, and the elements of
 * the lists of a document. Only brackets and strings are parsed. Other syntax errors are found when a value is parsed.
 */
export const splitJson = (options: SplitOptions): Splitter => {
  const state = initialState();
  const search = searchFor(options.searchTerms);
  const context: Context = { options, search, state };
  return {
    write: (bytes) => {
      search.searchChunk(bytes);
      let at = 0;
      while (at < bytes.length) at = STEPS[state.mode](bytes, at, context);
      if (state.mode !== 'between') bufferRest(bytes, context);
      state.position += bytes.length;
      state.tail = (bytes.length < NAME_BYTES ? Buffer.concat([state.tail, bytes]) : bytes).subarray(
        -NAME_BYTES,
      );
    },
    end: () => {
      search.searchChunk(Buffer.alloc(0));
      if (state.mode === 'scalar' && !state.cursor.inString) finishValue(Buffer.alloc(0), 0, context);
      const start = incompleteSince(state);
      if (start === undefined) return;
      const message = `the data is incomplete: it ends inside the value that starts at byte ${start}`;
      options.problem(state.position, message, incompleteObject(state));
    },
  };
};

/** A value that is being read. */
type Frame = {
  /** The offset of its first byte in the text. */
  readonly at: number;
  readonly isObject: boolean;
  /** Whether the elements of its lists can be values. */
  readonly isDocument: boolean;
  /** Its bytes in earlier chunks, if any. */
  buffer: ChunkBuffer | undefined;
  /** The offset in this chunk of the bytes that are not in the buffer. */
  start: number;
  /** An earlier chunk of the value contains a search term. */
  matched: boolean;
};

/** The state of a splitter from chunk to chunk. */
type State = {
  readonly cursor: Cursor;
  mode: 'between' | 'value' | 'scalar';
  /** The number of bytes before this chunk. */
  position: number;
  /** The last bytes before this chunk, which can contain the name of a list. */
  tail: Buffer;
  frame: Frame;
  /** The document of the current list, and the list's name. */
  document: Frame | undefined;
  list: string | undefined;
  /** The number of open brackets of the document inside the list. */
  listDepth: number;
  /** The offset of the current array. */
  array: number | undefined;
  reportedInvalid: boolean;
};

type Context = { readonly state: State; readonly options: SplitOptions; readonly search: TermSearch };

/** Reads from an offset in a chunk and returns the offset of the next step. */
type Step = (bytes: Buffer, at: number, context: Context) => number;

/** The longest name of a list, with its quotes and the white space around the colon. */
const NAME_BYTES = 64;

const initialState = (): State => ({
  cursor: newCursor(),
  mode: 'between',
  position: 0,
  tail: Buffer.alloc(0),
  frame: { at: 0, isObject: false, isDocument: false, buffer: undefined, start: 0, matched: false },
  document: undefined,
  list: undefined,
  listDepth: 0,
  array: undefined,
  reportedInvalid: false,
});

/** The offset of the outermost incomplete value. */
const incompleteSince = ({ mode, array, document, frame }: State): number | undefined =>
  array ?? document?.at ?? (mode === 'between' ? undefined : frame.at);

/** The beginning of an incomplete object that is not part of an array or a document. */
const incompleteObject = ({ mode, array, document, frame }: State): IncompleteValue | undefined => {
  const isSeparate = mode === 'value' && array === undefined && document === undefined;
  const bytes = isSeparate ? frame.buffer?.bytes() : undefined;
  return bytes && { bytes, at: frame.at };
};

/** Between values: finds the next one, or the end of the list or array. */
const between: Step = (bytes, at, context) => {
  const { state } = context;
  const byte = bytes[at];
  if (isBlank(byte)) return at + 1;
  if (state.array === undefined && state.document === undefined) return betweenDocuments(bytes, at, context);
  if (byte === COMMA) return at + 1;
  if (byte === CLOSE_LIST) return leaveList(at, state);
  return isClosing(byte) ? reportInvalid(bytes, at, context) : beginValue(bytes, at, context);
};

const betweenDocuments: Step = (bytes, at, context) => {
  const byte = bytes[at];
  if (byte === OPEN_OBJECT) return beginValue(bytes, at, context);
  // Each of several concatenated files can have a byte-order mark.
  if (isMark(byte)) return at + 1;
  if (byte !== OPEN_LIST) return reportInvalid(bytes, at, context);
  context.state.array = context.state.position + at;
  return at + 1;
};

/** Reports the first invalid byte between values, and continues with the next byte. */
const reportInvalid: Step = (bytes, at, { state, options }) => {
  if (!state.reportedInvalid) {
    const received = JSON.stringify(bytes.subarray(at, at + 20).toString('latin1'));
    options.problem(state.position + at, `expected a JSON object or array; received ${received}`);
  }
  state.reportedInvalid = true;
  return at + 1;
};

/** Leaves the list and continues in its document, or leaves the array. */
const leaveList = (at: number, state: State): number => {
  if (state.document === undefined) {
    state.array = undefined;
    return at + 1;
  }
  state.frame = state.document;
  state.frame.start = at;
  state.document = undefined;
  state.list = undefined;
  state.mode = 'value';
  state.cursor.depth = state.listDepth - 1;
  return at + 1;
};

const beginValue: Step = (bytes, at, { state }) => {
  const byte = bytes[at];
  const isObject = byte === OPEN_OBJECT;
  const isDocument = isObject && state.document === undefined;
  state.frame = {
    at: state.position + at,
    isObject,
    isDocument,
    buffer: undefined,
    start: at,
    matched: false,
  };
  state.mode = isOpening(byte) ? 'value' : 'scalar';
  state.cursor.depth = 1;
  state.cursor.hasUnicodeEscape = false;
  return byte === QUOTE ? skipString(bytes, at + 1, state.cursor) : at + 1;
};

/** The number of open brackets inside a list of a document: the list, and the objects that contain it. */
const MAX_LIST_DEPTH = 4;

/** Inside an object or array: skips it, except for the lists of a document. */
const insideValue: Step = (bytes, from, context) => {
  const { cursor, frame } = context.state;
  if (cursor.inString) return resumeString(bytes, from, cursor);
  const at = skipInside(bytes, from, { cursor, stopDepth: frame.isDocument ? MAX_LIST_DEPTH : 0 });
  if (cursor.depth === 0) return finishValue(bytes, at, context);
  const isAtList =
    frame.isDocument && !cursor.inString && cursor.depth <= MAX_LIST_DEPTH && bytes[at - 1] === OPEN_LIST;
  return isAtList ? enterList(bytes, at, context) : at;
};

/** Inside a number, a literal or a string in an array or list. */
const insideScalar: Step = (bytes, from, context) => {
  const { cursor } = context.state;
  let at = cursor.inString ? resumeString(bytes, from, cursor) : from;
  while (at < bytes.length && !endsScalar(bytes[at])) at += 1;
  return at < bytes.length ? finishValue(bytes, at, context) : at;
};

/** Passes on the value that ends at an offset. */
const finishValue: Step = (bytes, at, { state, options, search }) => {
  const { frame, list, cursor } = state;
  state.mode = 'between';
  const matched = frame.matched || cursor.hasUnicodeEscape || search.hasMatchBetween(frame.start, at);
  const isOptional = frame.isObject && list !== undefined && options.lists.get(list) === 'matching';
  // A term can be split over two chunks, so a value in several chunks is searched again.
  if (isOptional && !matched && frame.buffer === undefined) return at;
  const complete = completeBytes(frame, bytes.subarray(frame.start, at));
  const mayMatch =
    matched ||
    (complete !== undefined && frame.buffer !== undefined && containsTerm(complete, options.searchTerms));
  if (isOptional && !mayMatch) return at;
  if (complete) options.value({ bytes: complete, at: frame.at, list, mayMatch });
  else options.problem(frame.at, 'this value is larger than 16 MiB and was not read');
  return at;
};

/** Buffers the bytes of an incomplete value at the end of a chunk. */
const bufferRest = (bytes: Buffer, { state: { frame }, search }: Context): void => {
  frame.matched ||= search.hasMatchBetween(frame.start, bytes.length);
  frame.buffer ??= createChunkBuffer();
  frame.buffer.add(bytes.subarray(frame.start));
  frame.start = 0;
};

const completeBytes = (frame: Frame, last: Buffer): Buffer | undefined => {
  if (frame.buffer === undefined) return last;
  frame.buffer.add(last);
  return frame.buffer.bytes();
};

const endsScalar = (byte: number | undefined): boolean =>
  byte === COMMA || isBlank(byte) || isOpening(byte) || isClosing(byte);

/** Enters a list if its elements are values. The bytes before it belong to the document. */
const enterList: Step = (bytes, at, { state, options }) => {
  const name = nameBefore(bytes, at, state);
  const kind = name === undefined ? undefined : options.lists.get(name);
  if (kind === undefined || (kind === 'all' && state.cursor.depth > 2)) return at;
  state.frame.buffer ??= createChunkBuffer();
  state.frame.buffer.add(bytes.subarray(state.frame.start, at));
  state.document = state.frame;
  state.list = name;
  state.listDepth = state.cursor.depth;
  state.mode = 'between';
  return at;
};

/** The name of the member whose list opens directly before an offset, in lower case, if it consists of word characters. */
const nameBefore = (bytes: Buffer, at: number, { tail }: State): string | undefined => {
  const near = bytes.subarray(Math.max(0, at - NAME_BYTES), at);
  const text = (at < NAME_BYTES ? Buffer.concat([tail, near]) : near).toString('latin1');
  return /(?<!\\)"(\w+)"\s*:\s*\[$/.exec(text)?.[1]?.toLowerCase();
};

const STEPS: Readonly<Record<State['mode'], Step>> = { between, value: insideValue, scalar: insideScalar };
