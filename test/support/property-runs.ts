import process from 'node:process';
import fc from 'fast-check';

/** Each property is tried so often; the long suite asks for more. */
const RUNS = 100;

fc.configureGlobal({ numRuns: Number(process.env['TRAILKEY_PROPERTY_RUNS'] ?? RUNS) });
