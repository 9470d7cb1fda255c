import { harmless } from '../../harmless.js';

/** HTML that may stand in the page as it is. Only this file and trusted sources make it; whatever is no markup gets escaped. */
export type Markup = { readonly markup: string };

/** What may stand in a template: text, which is escaped, and markup, which is not. */
export type Content = string | number | Markup | readonly Content[];

/** A template of HTML, in which all text is escaped and made harmless: it can neither act nor hide nor turn what stands around it. */
export const html = (pieces: TemplateStringsArray, ...values: readonly Content[]): Markup => ({
  markup: pieces.map((piece, index) => piece + rendered(values[index] ?? '')).join(''),
});

/** Takes HTML that was made of nothing from outside, or by a library that escapes. */
export const trusted = (markup: string): Markup => ({ markup });

/** Nothing. */
export const NOTHING: Markup = trusted('');

/** Tells whether a text is safe and complete when it is shown as it is. */
const rendered = (content: Content): string => {
  if (typeof content === 'string') return escaped(harmless(content));
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(rendered).join('');
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
