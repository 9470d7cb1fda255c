/** A Markdown file, taken in as its text: by esbuild in the build, by a plugin of vitest.config.ts in tests. */
declare module '*.md' {
  const text: string;

  export default text;
}
