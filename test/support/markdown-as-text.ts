import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vitest/config';

/** Takes Markdown files in as their text, as esbuild's loader does in the build. */
export const markdownAsText: Plugin = {
  name: 'markdown-as-text',
  enforce: 'pre',
  load: async (id) =>
    id.endsWith('.md') ? `export default ${JSON.stringify(await readFile(id, 'utf8'))};` : undefined,
};
