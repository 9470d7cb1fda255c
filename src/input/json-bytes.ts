/** The bytes of JSON's structure. All are ASCII, so they never occur inside a UTF-8 character. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LETTER_U = 0x75;
/** `[` and `{`, and `]` and `}`, differ only in this bit. */
const BRACKET_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** The position of a scan inside a value, kept from chunk to chunk. */
export type Cursor = {
  /** The number of open brackets: 1 directly inside the value, 0 after it. */
  depth: number;
  inString: boolean;
  /** The last byte was a backslash, so the next one is escaped. */
  escaped: boolean;
  /** The value contains a Unicode escape, such as `\u0041`, so that a search in its bytes is not reliable. */
  hasUnicodeEscape: boolean;
};

/** Returns the cursor of a scan that starts outside a value. */
export const newCursor = (): Cursor => ({
  depth: 0,
  inString: false,
  escaped: false,
  hasUnicodeEscape: false,
});

/** Searches chunks of bytes for ASCII terms. Uses the native search, which is faster than a loop. */
export type TermSearch = {
  /** Searches a chunk. Offsets count from its start. */
  readonly searchChunk: (bytes: Buffer) => void;
  /** Whether a term begins between two offsets of the chunk. Must be called with ascending offsets. */
  readonly hasMatchBetween: (from: number, to: number) => boolean;
};

/** The bytes of a value in several chunks. `bytes` returns undefined if they are more than `MAX_VALUE_BYTES`. */
export type ChunkBuffer = {
  readonly add: (bytes: Uint8Array) => void;
  readonly bytes: () => Buffer | undefined;
};

/** The maximum size of a value. Items of AWS Config are far smaller. */
export const MAX_VALUE_BYTES = 16 * 1024 * 1024;

/** Whether a byte opens an object or an array. */
export const isOpening = (byte = 0): boolean => (byte | BRACKET_BIT) === OPENING;

/** Whether a byte closes an object or an array. */
export const isClosing = (byte = 0): boolean => (byte | BRACKET_BIT) === CLOSING;

/** Whether a byte is white space or a control character. Neither can begin a value. */
export const isBlank = (byte = 0): boolean => byte <= SPACE;

/** Whether a byte is part of a UTF-8 byte-order mark. None of its bytes can begin a value. */
export const isMark = (byte = 0): boolean => MARK.includes(byte);

const MARK = [0xef, 0xbb, 0xbf];

/** Skips the rest of a string. Returns the offset after its closing quote, or the end of the chunk. */
export const skipString = (bytes: Uint8Array, from: number, cursor: Cursor): number => {
  const end = bytes.length;
  let at = cursor.escaped ? skipEscape(bytes, from, cursor) : from;
  while (at < end) {
    let byte = bytes[at++];
    // Two bytes per iteration: saves a fifth of the time for a snapshot.
    if (at < end && byte !== QUOTE && byte !== BACKSLASH) byte = bytes[at++];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at = skipEscape(bytes, at, cursor);
  }
  cursor.inString = true;
  return end;
};

/** Skips the byte after a backslash, which can be in the next chunk. */
const skipEscape = (bytes: Uint8Array, at: number, cursor: Cursor): number => {
  cursor.escaped = at >= bytes.length;
  cursor.hasUnicodeEscape ||= bytes[at] === LETTER_U;
  return at + 1;
};

/** Continues a string from the previous chunk. */
export const resumeString = (bytes: Uint8Array, from: number, cursor: Cursor): number => {
  cursor.inString = false;
  return skipString(bytes, from, cursor);
};

/**
 * Skips the inside of a value until its end, the end of the chunk, or an array at most `stopDepth` deep, and returns the offset after
 * that bracket. This loop reads every byte of the input, so it must be fast.
 */
export const skipInside = (
  bytes: Uint8Array,
  from: number,
  { cursor, stopDepth }: { readonly cursor: Cursor; readonly stopDepth: number },
): number => {
  const end = bytes.length;
  let at = from;
  let { depth } = cursor;
  while (at < end && depth > 0) {
    const byte = bytes[at++];
    if (byte === QUOTE) at = skipString(bytes, at, cursor);
    else if (isClosing(byte)) depth -= 1;
    else if (isOpening(byte)) {
      depth += 1;
      if (depth <= stopDepth && byte === OPEN_LIST) break;
    }
  }
  cursor.depth = depth;
  return at;
};

/** Whether bytes contain one of the terms. */
export const containsTerm = (bytes: Buffer, terms: readonly string[]): boolean =>
  terms.some((term) => bytes.includes(term, 0, 'latin1'));

/** Returns a search for any of several ASCII terms. */
export const searchFor = (terms: readonly string[]): TermSearch => {
  let matches: readonly number[] = [];
  let next = 0;
  return {
    searchChunk: (bytes) => {
      matches = terms.flatMap((term) => offsetsOf(bytes, term)).sort((a, b) => a - b);
      next = 0;
    },
    hasMatchBetween: (from, to) => {
      while ((matches[next] ?? Infinity) < from) next += 1;
      return (matches[next] ?? Infinity) < to;
    },
  };
};

const offsetsOf = (bytes: Buffer, term: string): readonly number[] => {
  const offsets: number[] = [];
  for (let at = bytes.indexOf(term, 0, 'latin1'); at >= 0; at = bytes.indexOf(term, at + 1, 'latin1')) {
    offsets.push(at);
  }
  return offsets;
};

/** Returns an empty buffer for a value. */
export const createChunkBuffer = (): ChunkBuffer => {
  let parts: Uint8Array[] = [];
  let size = 0;
  return {
    add: (bytes) => {
      size += bytes.length;
      if (size > MAX_VALUE_BYTES) parts = [];
      else parts.push(bytes);
    },
    bytes: () => (size > MAX_VALUE_BYTES ? undefined : Buffer.concat(parts)),
  };
};
