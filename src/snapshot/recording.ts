/** A value larger than this is not read: AWS Config's own items stay far below it. */
export const MAX_VALUE_BYTES = 16 * 1024 * 1024;

/** The bytes of a value that came in several chunks; undefined where there were too many to keep. */
export type Recording = {
  readonly add: (bytes: Uint8Array) => void;
  readonly bytes: () => Buffer | undefined;
};

/** Starts to record a value. */
export const record = (): Recording => {
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
