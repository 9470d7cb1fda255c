/** Trailkey's version, as `package.json` has it. */
export { version as VERSION } from '../package.json';
