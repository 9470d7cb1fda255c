import {
  type ChunkBuffer,
  CLOSE_LIST,
  COMMA,
  type Cursor,
  containsTerm,
  isBlank,
  isClosing,
  isMark,
  isOpening,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  record,
  resumeString,
  searchFor,
  skipInside,
  skipString,
  type TermSearch,
} from './json-bytes.js';

/** Takes a text in chunks, which may break off anywhere; `end` tells what is missing. */
export type Splitter = { readonly write: (bytes: Buffer) => void; readonly end: () => void };

/**
 * Splits JSON text into values without holding the text: objects one after another, elements of an array, and elements of the
 * lists of a document. Brackets and strings are followed, no other syntax is checked: that is left to whoever parses a value.
 */
export const splitJson = (sink: Sink): Splitter => {
  const context: Context = { sink, search: searchFor(sink.searchTerms), state: initialState() };
  const { state, search } = context;
  return {
    write: (bytes) => {
      search.enter(bytes);
      let at = 0;
      while (at < bytes.length) at = STEPS[state.mode](bytes, at, context);
      if (state.mode !== 'between') keepRest(bytes, context);
      state.position += bytes.length;
      state.tail = (bytes.length < NAME_BYTES ? Buffer.concat([state.tail, bytes]) : bytes).subarray(
        -NAME_BYTES,
      );
    },
    end: () => {
      search.enter(Buffer.alloc(0));
      if (state.mode === 'scalar' && !state.cursor.inString) finish(Buffer.alloc(0), 0, context);
      const open = openSince(state);
      if (open === undefined) return;
      const message = `the data ends too early: what starts at byte ${open} is not complete`;
      sink.problem(state.position, message, restOf(state));
    },
  };
};

/** What was read of an object that stands alone and is not complete. */
const restOf = ({ mode, array, document, frame }: State): Rest | undefined => {
  const isAlone = mode === 'value' && array === undefined && document === undefined;
  const bytes = isAlone ? frame.recording?.bytes() : undefined;
  return bytes && { bytes, at: frame.at };
};

/** Where the outermost thing started that is still open. */
const openSince = ({ mode, array, document, frame }: State): number | undefined =>
  array ?? document?.at ?? (mode === 'between' ? undefined : frame.at);

/** Between values: finds the next one, or the end of the list or array around them. */
const between: Step = (bytes, at, context) => {
  const { state } = context;
  const byte = bytes[at];
  if (isBlank(byte)) return at + 1;
  if (state.array === undefined && state.document === undefined) return betweenDocuments(bytes, at, context);
  if (byte === COMMA) return at + 1;
  if (byte === CLOSE_LIST) return leave(at, state);
  return isClosing(byte) ? complain(bytes, at, context) : begin(bytes, at, context);
};

const betweenDocuments: Step = (bytes, at, context) => {
  const byte = bytes[at];
  if (byte === OPEN_OBJECT) return begin(bytes, at, context);
  // Files that were put together keep the mark of each.
  if (isMark(byte)) return at + 1;
  if (byte !== OPEN_LIST) return complain(bytes, at, context);
  context.state.array = context.state.position + at;
  return at + 1;
};

/** Says once what stands where no value can, and looks on for the next one. */
const complain: Step = (bytes, at, { state, sink }) => {
  if (!state.complained) {
    const found = JSON.stringify(bytes.subarray(at, at + 20).toString('latin1'));
    sink.problem(state.position + at, `expected a JSON object or array and found ${found}`);
  }
  state.complained = true;
  return at + 1;
};

/** Leaves the list for the document around it, or else the array. */
const leave = (at: number, state: State): number => {
  if (state.document === undefined) {
    state.array = undefined;
    return at + 1;
  }
  state.frame = state.document;
  state.frame.start = at;
  state.document = undefined;
  state.list = undefined;
  state.mode = 'value';
  state.cursor.depth = 1;
  return at + 1;
};

const begin: Step = (bytes, at, { state }) => {
  const byte = bytes[at];
  const isObject = byte === OPEN_OBJECT;
  const isDocument = isObject && state.document === undefined;
  state.frame = {
    at: state.position + at,
    isObject,
    isDocument,
    recording: undefined,
    start: at,
    hit: false,
  };
  state.mode = isOpening(byte) ? 'value' : 'scalar';
  state.cursor.depth = 1;
  state.cursor.disguised = false;
  return byte === QUOTE ? skipString(bytes, at + 1, state.cursor) : at + 1;
};

/** Inside an object or array: passes over all of it, but for the lists of a document. */
const insideValue: Step = (bytes, from, context) => {
  const { cursor, frame } = context.state;
  if (cursor.inString) return resumeString(bytes, from, cursor);
  const at = skipInside(bytes, from, { cursor, stopDepth: frame.isDocument ? 2 : 0 });
  if (cursor.depth === 0) return finish(bytes, at, context);
  const isAtList = frame.isDocument && !cursor.inString && cursor.depth === 2 && bytes[at - 1] === OPEN_LIST;
  return isAtList ? enterList(bytes, at, context) : at;
};

/** Inside a number, a word or a string that stands where an object was expected. */
const insideScalar: Step = (bytes, from, context) => {
  const { cursor } = context.state;
  let at = cursor.inString ? resumeString(bytes, from, cursor) : from;
  while (at < bytes.length && !endsScalar(bytes[at])) at += 1;
  return at < bytes.length ? finish(bytes, at, context) : at;
};

/** Hands over the value that ends here. */
const finish: Step = (bytes, at, { state, sink, search }) => {
  const { frame, list, cursor } = state;
  state.mode = 'between';
  const seen = frame.hit || cursor.disguised || search.isBetween(frame.start, at);
  const isOptional = frame.isObject && list !== undefined && sink.lists.get(list) === 'hits';
  // A term may lie across two chunks: only the whole value tells.
  if (isOptional && !seen && frame.recording === undefined) return at;
  const whole = wholeOf(frame, bytes.subarray(frame.start, at));
  const hit =
    seen || (whole !== undefined && frame.recording !== undefined && containsTerm(whole, sink.searchTerms));
  if (isOptional && !hit) return at;
  if (whole) sink.value({ bytes: whole, at: frame.at, list, hit });
  else sink.problem(frame.at, 'this value is larger than 16 MiB and was not read');
  return at;
};

/** Keeps what was read of a value when its chunk ends. */
const keepRest = (bytes: Buffer, { state: { frame }, search }: Context): void => {
  frame.hit ||= search.isBetween(frame.start, bytes.length);
  frame.recording ??= record();
  frame.recording.add(bytes.subarray(frame.start));
  frame.start = 0;
};

const wholeOf = (frame: Frame, last: Buffer): Buffer | undefined => {
  if (frame.recording === undefined) return last;
  frame.recording.add(last);
  return frame.recording.bytes();
};

const endsScalar = (byte: number | undefined): boolean =>
  byte === COMMA || isBlank(byte) || isOpening(byte) || isClosing(byte);

/** Enters a list if its elements are wanted one by one; what stood before it belongs to the document. */
const enterList: Step = (bytes, at, { state, sink }) => {
  const name = nameBefore(bytes, at, state);
  if (name === undefined || !sink.lists.has(name)) return at;
  state.frame.recording ??= record();
  state.frame.recording.add(bytes.subarray(state.frame.start, at));
  state.document = state.frame;
  state.list = name;
  state.mode = 'between';
  return at;
};

/** The name of the member whose list was opened just before a place, if it is a plain one. */
const nameBefore = (bytes: Buffer, at: number, { tail }: State): string | undefined => {
  const near = bytes.subarray(Math.max(0, at - NAME_BYTES), at);
  const text = (at < NAME_BYTES ? Buffer.concat([tail, near]) : near).toString('latin1');
  return /(?<!\\)"(\w+)"\s*:\s*\[$/.exec(text)?.[1];
};

/** The longest name of a list, its quotes, and the white space that printers leave around a colon. */
const NAME_BYTES = 64;

/** A value while it is read. */
type Frame = {
  /** The place of its first byte in the whole text. */
  readonly at: number;
  readonly isObject: boolean;
  /** A document may hold lists whose elements are split off one by one. */
  readonly isDocument: boolean;
  /** Its bytes in earlier chunks, if there are any. */
  recording: ChunkBuffer | undefined;
  /** Where in this chunk the bytes start that were not recorded yet. */
  start: number;
  /** A term was seen in an earlier chunk. */
  hit: boolean;
};

/** What a splitter remembers from chunk to chunk. */
type State = {
  readonly cursor: Cursor;
  mode: 'between' | 'value' | 'scalar';
  /** Bytes before this chunk. */
  position: number;
  /** The last bytes before this chunk: a name may stand there. */
  tail: Buffer;
  frame: Frame;
  /** The document around the list whose elements are being split off, and that list's name. */
  document: Frame | undefined;
  list: string | undefined;
  /** Where the array started whose elements are being split off. */
  array: number | undefined;
  complained: boolean;
};

/** A value that was split off: its bytes and its place in the text. */
export type SplitValue = {
  readonly bytes: Buffer;
  readonly at: number;
  /** The name of the document's list that it stood in. */
  readonly list: string | undefined;
  /** It may hold a term. Where this is false it surely does not. */
  readonly hit: boolean;
};

/** The bytes of a value that is not complete, and its place in the text. */
export type Rest = Pick<SplitValue, 'bytes' | 'at'>;

/** Who takes what is split off. Places are bytes from the start of the text. */
export type Sink = {
  /** Texts of ASCII that tell values apart. */
  readonly searchTerms: readonly string[];
  /** The members of a document whose elements are values of their own: every one, or those that may hold a term. */
  readonly lists: ReadonlyMap<string, 'every' | 'hits'>;
  readonly value: (value: SplitValue) => void;
  /** `rest` is what was read of a value that is not complete, if that was little enough to keep. */
  readonly problem: (at: number, message: string, rest?: Rest) => void;
};

/** What a step works with. */
type Context = { readonly state: State; readonly sink: Sink; readonly search: TermSearch };

/** Reads on from a place of a chunk and gives the place where the next step starts. */
type Step = (bytes: Buffer, at: number, context: Context) => number;

/** A splitter before its first byte. */
const initialState = (): State => ({
  cursor: { depth: 0, inString: false, escaped: false, disguised: false },
  mode: 'between',
  position: 0,
  tail: Buffer.alloc(0),
  frame: { at: 0, isObject: false, isDocument: false, recording: undefined, start: 0, hit: false },
  document: undefined,
  list: undefined,
  array: undefined,
  complained: false,
});

const STEPS: Readonly<Record<State['mode'], Step>> = { between, value: insideValue, scalar: insideScalar };
