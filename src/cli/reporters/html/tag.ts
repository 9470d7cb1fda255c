import type { Rank } from '../worst-first.js';
import { html, type Markup } from './markup.js';

/** A rank, told by a word and by a colour beside it. */
export const tag = (rank: Rank): Markup =>
  rank === 'COMPLIANT' || rank === 'NOT_APPLICABLE'
    ? html`<span class="tag ${classOf(rank)}">${rank}</span>`
    : html`<span class="tag ${classOf(rank)}">NON_COMPLIANT <span class="severity">${rank}</span></span>`;

/** The class that gives a rank its colour. */
export const classOf = (rank: Rank): string => rank.toLowerCase().replace('_', '-');
