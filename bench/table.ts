import { type Beside, type Figure, isMet, ratioTo } from './figure.js';

/** The figures as a table of Markdown. */
export const tableOf = (figures: readonly Figure[]): string =>
  [HEAD, HEAD.map(() => '---'), ...figures.map(rowOf)].map((cells) => `| ${cells.join(' | ')} |\n`).join('');

const HEAD = ['figure', 'Trailkey', 'floor', 'peer', 'ratio', 'goal', 'met'];

const rowOf = (figure: Figure): readonly string[] => {
  const { figure: name, value, unit, floor, peer, atMost } = figure;
  const others = [floor, peer].flatMap((other) => (other ? [other] : []));
  const limits = others.flatMap(({ goal }) => (goal === undefined ? [] : [`≤ ${goal} ×`]));
  return [
    name,
    `${shown(value)} ${unit}`,
    besideOf(floor),
    besideOf(peer),
    others.map((other) => `${ratioTo(figure, other).toFixed(2)} ×`).join(', '),
    [...limits, ...(atMost === undefined ? [] : [`≤ ${shown(atMost)} ${unit}`])].join(', '),
    { true: 'yes', false: '**no**', undefined: '' }[`${isMet(figure)}`],
  ];
};

const besideOf = (other: Beside | undefined): string =>
  other === undefined ? '' : `${other.of}: ${shown(other.value)}`;

const shown = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
