/** A trail as it stands, and how it delivers. Times are milliseconds of virtual time, durations seconds. */
export type WorldTrail = {
  name: string;
  arn: string;
  homeRegion: string;
  bucket: string;
  /** A key's ARN. */
  kmsKeyId: string | undefined;
  /** So many seconds pass until a change of the key has spread; until then it delivers under the former one. */
  spreadsAfter: number;
  /** The former key, and in how many seconds it is no longer used. */
  former: { kmsKeyId: string | undefined; for: number } | undefined;
  isMultiRegion: boolean;
  isOrganization: boolean;
  isLogging: boolean;
  startedAt: number | undefined;
  stoppedAt: number | undefined;
  /** Nothing happens that it could log. */
  quiet: boolean;
  deliversEvery: number;
  /** When the next delivery is due; undefined: in `deliversEvery`. */
  deliversAfter: number | undefined;
  attemptedAt: number | undefined;
  deliveredAt: number | undefined;
  deliveryError: string | undefined;
};

/** The states that KMS knows. */
export type KeyState =
  | 'Creating'
  | 'Enabled'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingImport'
  | 'PendingReplicaDeletion'
  | 'Unavailable'
  | 'Updating';

/** A key as it stands. */
export type WorldKey = {
  arn: string;
  state: KeyState;
  /** Milliseconds. Once it is reached, a key that waits for deletion is gone. */
  deletionDate: number | undefined;
  /** The state that it comes to by itself, in so many seconds. */
  becomes: { state: KeyState; after: number } | undefined;
  /** So many seconds pass until a change of its state can be read. */
  settlesAfter: number;
  manager: 'CUSTOMER' | 'AWS';
  spec: string;
  usage: string;
  origin: string;
  rotates: boolean;
  /** Its policy lets CloudTrail use it. */
  admitsCloudTrail: boolean;
  /** Its policy shuts out those who call. */
  closed: boolean;
  /** Members of its metadata that KMS leaves out. */
  lacks: readonly string[];
};

/** Another name of a key, in the account that calls. */
type WorldAlias = { name: string; region: string; target: string };

/** A bucket, as far as a delivery meets it. */
export type WorldBucket = {
  name: string;
  region: string;
  /** Its policy refuses what is encrypted under any other key. */
  pinnedKey: string | undefined;
  /** Its policy also refuses what names no key. */
  demandsKey: boolean;
  /** Every delivery fails so, whatever the key. */
  deliveryError: string | undefined;
};

/** All that is true at AWS for those who call from one account. */
export type World = {
  /** Milliseconds; moved by `advance` alone. */
  now: number;
  /** The account that calls. */
  accountId: string;
  partition: string;
  trails: WorldTrail[];
  keys: WorldKey[];
  aliases: WorldAlias[];
  buckets: WorldBucket[];
  /** Names of the rules of AWS Config. */
  rules: string[];
  /** How many trails a page of ListTrails holds. */
  page: number;
  /** The changes made, in order, such as `UpdateTrail audit arn:…`. */
  log: string[];
  /** Told of each change once it is made: a test can then play what somebody else does. */
  onChange: (operation: string) => void;
};

/** A call in a world: by whom it is signed for which Region, and its body, whose members are known to be legal. */
export type WorldCall = {
  readonly world: World;
  readonly region: string;
  readonly body: Readonly<Record<string, any>>;
};

/** An error that a service answers with. */
export class Refusal extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Writes a change down, and tells who wants to know. */
export const changed = (world: World, operation: string, ...what: readonly string[]): void => {
  world.log.push([operation, ...what].join(' '));
  world.onChange(operation);
};
