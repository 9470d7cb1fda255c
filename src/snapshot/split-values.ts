import { COMMA, isBlank, isClosing, isOpening, OPEN_LIST, resumeString, skipInside } from './json-bytes.js';
import { holdsNeedle } from './needles.js';
import { record } from './recording.js';
import type { Context, Frame, State, Step } from './splitter-state.js';

/** Inside an object or array: passes over all of it, but for the lists of a document. */
export const insideValue: Step = (bytes, from, context) => {
  const { cursor, frame } = context.state;
  if (cursor.inString) return resumeString(bytes, from, cursor);
  const at = skipInside(bytes, from, { cursor, stopDepth: frame.isDocument ? 2 : 0 });
  if (cursor.depth === 0) return finish(bytes, at, context);
  const isAtList = frame.isDocument && !cursor.inString && cursor.depth === 2 && bytes[at - 1] === OPEN_LIST;
  return isAtList ? enterList(bytes, at, context) : at;
};

/** Inside a number, a word or a string that stands where an object was expected. */
export const insideScalar: Step = (bytes, from, context) => {
  const { cursor } = context.state;
  let at = cursor.inString ? resumeString(bytes, from, cursor) : from;
  while (at < bytes.length && !endsScalar(bytes[at])) at += 1;
  return at < bytes.length ? finish(bytes, at, context) : at;
};

/** Hands over the value that ends here. */
export const finish: Step = (bytes, at, { state, sink, search }) => {
  const { frame, list, cursor } = state;
  state.mode = 'between';
  const seen = frame.hit || cursor.disguised || search.isBetween(frame.start, at);
  const isOptional = frame.isObject && list !== undefined && sink.lists.get(list) === 'hits';
  // A needle may lie across two chunks: only the whole value tells.
  if (isOptional && !seen && frame.recording === undefined) return at;
  const whole = wholeOf(frame, bytes.subarray(frame.start, at));
  const hit =
    seen || (whole !== undefined && frame.recording !== undefined && holdsNeedle(whole, sink.needles));
  if (isOptional && !hit) return at;
  if (whole) sink.value({ bytes: whole, at: frame.at, list, hit });
  else sink.problem(frame.at, 'this value is larger than 16 MiB and was not read');
  return at;
};

/** Keeps what was read of a value when its chunk ends. */
export const keepRest = (bytes: Buffer, { state: { frame }, search }: Context): void => {
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
export const NAME_BYTES = 64;
