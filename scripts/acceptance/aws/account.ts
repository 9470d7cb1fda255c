import { bucketIn } from './bucket.js';
import type { Connection } from './connection.js';
import { documentsIn } from './documents.js';
import { eventsIn } from './events.js';
import { keysIn } from './keys.js';
import { ruleIn } from './rule.js';
import { trailIn } from './trail.js';

/** What a run calls in its account and Region, by service. */
export const accountAt = (connection: Connection) => ({
  bucket: bucketIn(connection),
  documents: documentsIn(connection),
  events: eventsIn(connection),
  keys: keysIn(connection),
  rule: ruleIn(connection),
  trail: trailIn(connection),
});

/** What a run calls in its account and Region. */
export type Account = ReturnType<typeof accountAt>;
