import type { Cursor } from './json-bytes.js';
import type { NeedleSearch } from './needles.js';
import type { Recording } from './recording.js';

/** A value while it is read. */
export type Frame = {
  /** The place of its first byte in the whole text. */
  readonly at: number;
  readonly isObject: boolean;
  /** A document may hold lists whose elements are split off one by one. */
  readonly isDocument: boolean;
  /** Its bytes in earlier chunks, if there are any. */
  recording: Recording | undefined;
  /** Where in this chunk the bytes start that were not recorded yet. */
  start: number;
  /** A needle was seen in an earlier chunk. */
  hit: boolean;
};

/** What a splitter remembers from chunk to chunk. */
export type State = {
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
  /** It may hold a needle. Where this is false it surely does not. */
  readonly hit: boolean;
};

/** The bytes of a value that is not complete, and its place in the text. */
export type Rest = Pick<SplitValue, 'bytes' | 'at'>;

/** Who takes what is split off. Places are bytes from the start of the text. */
export type Sink = {
  /** Texts of ASCII that tell values apart. */
  readonly needles: readonly string[];
  /** The members of a document whose elements are values of their own: every one, or those that may hold a needle. */
  readonly lists: ReadonlyMap<string, 'every' | 'hits'>;
  readonly value: (value: SplitValue) => void;
  /** `rest` is what was read of a value that is not complete, if that was little enough to keep. */
  readonly problem: (at: number, message: string, rest?: Rest) => void;
};

/** What a step works with. */
export type Context = { readonly state: State; readonly sink: Sink; readonly search: NeedleSearch };

/** Reads on from a place of a chunk and gives the place where the next step starts. */
export type Step = (bytes: Buffer, at: number, context: Context) => number;

/** A splitter before its first byte. */
export const initialState = (): State => ({
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
