import { version } from '../package.json';

/** Trailkey's version, as `package.json` has it. */
export const VERSION: string = version;
