/** A file, bundled as text by `scripts/bundles.ts`. */
declare module '*?text' {
  export const text: string;
}
