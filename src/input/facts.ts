/** Where a fact was read: the source, and its offset in bytes, or the number of the row, from 0. */
export type Place = { readonly source: string; readonly at: number; readonly unit?: 'byte' | 'row' };

/** A fact about a trail, a key or an alias. */
export type SourcedFact<T> = {
  readonly value: T;
  /** Milliseconds since 1970. Undefined if the source does not contain when the fact was observed. */
  readonly capturedAt: number | undefined;
  readonly place: Place;
  /** Whether the user states that an undated fact is current. */
  readonly isCurrent: boolean;
};

/**
 * The facts about each resource, by its ID: the newest dated one, one without a date, and one that is current. More only if they
 * contradict each other.
 */
export type FactsById<T> = Map<string, readonly SourcedFact<T>[]>;

/** Combines two facts with the same time. Undefined if they contradict each other. */
export type Combine<T> = (one: T, other: T) => T | undefined;

/** Two places with the same time and different content. */
export type Contradiction = { readonly capturedAt: number | undefined; readonly places: readonly Place[] };

/** Adds a fact. Older dated facts are dropped. Returns a contradiction with a fact of the same time. */
export const addFact = <T>(
  facts: FactsById<T>,
  { id, combine }: { readonly id: string; readonly combine: Combine<T> },
  fact: SourcedFact<T>,
): Contradiction | undefined => {
  const existing = facts.get(id) ?? [];
  const peers = existing.filter((one) => kindOf(one) === kindOf(fact));
  const [peer] = peers;
  const age = (fact.capturedAt ?? 0) - (peer?.capturedAt ?? 0);
  if (peer === undefined || age > 0) {
    facts.set(id, [...existing.filter((one) => !peers.includes(one)), fact]);
    return undefined;
  }
  return age < 0 ? undefined : addPeer(facts, { id, combine, existing, peers }, fact);
};

/** More contradictions about one resource add nothing, and each would be compared with all others. */
const MAX_FACTS = 6;

const addPeer = <T>(
  facts: FactsById<T>,
  {
    id,
    combine,
    existing,
    peers,
  }: {
    readonly id: string;
    readonly combine: Combine<T>;
    readonly existing: readonly SourcedFact<T>[];
    readonly peers: readonly SourcedFact<T>[];
  },
  fact: SourcedFact<T>,
): Contradiction | undefined => {
  for (const peer of peers) {
    const value = combine(peer.value, fact.value);
    if (value === undefined) continue;
    if (value !== peer.value) facts.set(id, existing.with(existing.indexOf(peer), { ...peer, value }));
    return undefined;
  }
  if (existing.length < MAX_FACTS) facts.set(id, [...existing, fact]);
  return { capturedAt: fact.capturedAt, places: [...peers.slice(0, 1), fact].map(({ place }) => place) };
};

const kindOf = ({ isCurrent, capturedAt }: SourcedFact<unknown>): 'current' | 'dated' | 'undated' => {
  if (capturedAt !== undefined) return 'dated';
  return isCurrent ? 'current' : 'undated';
};

/** The facts that count, and those that a current fact replaces. */
export const splitByCurrent = <T>(facts: readonly SourcedFact<T>[]) => ({
  current: facts.filter((fact) => kindOf(fact) === 'current'),
  dated: facts.filter((fact) => kindOf(fact) === 'dated'),
  undated: facts.filter((fact) => kindOf(fact) === 'undated'),
});

/** A place in words, such as `key.json at byte 0`. */
export const formatPlace = ({ source, at, unit = 'byte' }: Place): string => `${source} at ${unit} ${at}`;
