import type { Finding } from '../../core/finding.js';
import { harmless } from '../harmless.js';
import { pageFor } from '../reporters/page.js';
import { layoutFor, type Terminal } from '../terminal.js';
import type { Proposal } from './proposal.js';

/** Says of each trail how it stands. */
export const tellVerdicts = (findings: readonly Finding[], terminal: Terminal): void => {
  const page = pageFor(layoutFor(terminal));
  for (const { trailName, homeRegion, compliance, annotation } of findings) {
    const style = compliance === 'NON_COMPLIANT' ? 'red' : 'green';
    write(terminal, page.line(harmless(`${trailName} (${homeRegion}): ${compliance}`), { style }));
    write(terminal, page.paragraph(harmless(annotation), { indent: 2 }));
  }
};

/** Says what will be done, and what may come of it: each risk once. */
export const tellProposals = (proposals: readonly Proposal[], terminal: Terminal): void => {
  const page = pageFor(layoutFor(terminal));
  for (const { sentence } of proposals) write(terminal, page.line(harmless(sentence)));
  const risks = new Set(proposals.flatMap((proposal) => proposal.risks));
  if (risks.size > 0) write(terminal, ['\n', ...page.line('Before you go on:')]);
  for (const risk of risks) write(terminal, page.line(harmless(`- ${risk}`), { indent: 2 }));
  terminal.stdout.write('\n');
};

const write = ({ stdout }: Terminal, pieces: Iterable<string>): void => {
  for (const piece of pieces) stdout.write(piece);
};
