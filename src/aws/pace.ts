/** A clock that waits, in milliseconds. */
export type Clock = { readonly now: () => number; readonly sleep: (milliseconds: number) => Promise<void> };

const CLOCK: Clock = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Waits until the next request under a name may be sent. */
export type Pace = (name: string) => Promise<void>;

const WINDOW_MS = 1000;

/** Keeps requests of one name to at most so many within any second; those of other names do not count. */
export const paceOf = (perSecond: number, { now, sleep }: Clock = CLOCK): Pace => {
  const sentAt = new Map<string, readonly number[]>();
  return async (name) => {
    const recent = sentAt.get(name) ?? [];
    const due = Math.max(now(), (recent.at(-perSecond) ?? -Infinity) + WINDOW_MS);
    sentAt.set(name, [...recent, due].slice(-perSecond));
    if (due > now()) await sleep(due - now());
  };
};
