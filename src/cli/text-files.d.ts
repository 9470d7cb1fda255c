/** A Markdown file, imported as text: by esbuild in the build, and by a plugin of vitest.config.ts in tests. */
declare module '*.md' {
  const text: string;

  export default text;
}

/** A file that the build bundles as text, such as a style sheet. */
declare module '*?text' {
  export const text: string;
}
