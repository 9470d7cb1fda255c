import controls from '../../../../docs/controls.md';
import { renderMarkdown, sectionsOf } from './markdown.js';
import { html, type Markup } from './markup.js';

/** The page of the controls goes on to what Trailkey asks beyond them, which the verdicts tell here. */
const SECTION = 'The control in the standards';

const webOnly = (href: string): string | undefined => (href.startsWith('https:') ? href : undefined);

/** The numbers under which the standards ask for this, with their sources. */
export const renderStandards = (): Markup => html`<section id="standards" aria-labelledby="standards-heading">
<h2 id="standards-heading">${SECTION}</h2>
${sectionsOf(controls)
  .filter(({ heading }) => heading === '' || heading === SECTION)
  .map(({ text }) => renderMarkdown(text, webOnly))}
</section>
`;
