/** A file, bundled as text by `scripts/text-imports.ts`. */
declare module '*?text' {
  export const text: string;
}
