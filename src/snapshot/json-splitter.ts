import {
  CLOSE_LIST,
  COMMA,
  isBlank,
  isClosing,
  isMark,
  isOpening,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  skipString,
} from './json-bytes.js';
import { searchFor } from './needles.js';
import { finish, insideScalar, insideValue, keepRest, NAME_BYTES } from './split-values.js';
import { type Context, initialState, type Rest, type Sink, type State, type Step } from './splitter-state.js';

/** Takes a text in chunks, which may break off anywhere; `end` tells what is missing. */
export type Splitter = { readonly write: (bytes: Buffer) => void; readonly end: () => void };

/**
 * Splits JSON text into values without holding the text: objects one after another, elements of an array, and elements of the
 * lists of a document. Brackets and strings are followed, no other syntax is checked: that is left to whoever parses a value.
 */
export const splitJson = (sink: Sink): Splitter => {
  const context: Context = { sink, search: searchFor(sink.needles), state: initialState() };
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

const STEPS: Readonly<Record<State['mode'], Step>> = { between, value: insideValue, scalar: insideScalar };
