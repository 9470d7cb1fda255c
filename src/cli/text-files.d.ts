/** A Markdown file, imported as its text: by esbuild in the build, by a plugin of vitest.config.ts in tests. */
declare module '*.md' {
  const text: string;

  export default text;
}

/** A file that the build bundles into text, such as a style sheet. */
declare module '*?text' {
  export const text: string;
}
