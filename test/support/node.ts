import process from 'node:process';

/** The Node.js that artifacts are tried under: this one, or the one that the long suite names. */
export const NODE: { readonly command: string; readonly args: readonly string[] } = {
  command: process.env['TRAILKEY_NODE'] ?? process.execPath,
  args: [],
};
