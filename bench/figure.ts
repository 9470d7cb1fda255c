import type { Artifact } from '../test/support/artifact.js';
import type { Sizes } from './sizes.js';

/** What the figures are measured with. */
export type Bench = {
  readonly sizes: Sizes;
  /** For input, gone in the end. */
  readonly folder: string;
  readonly artifact: Artifact;
  /** The file of a handler that makes the rule's two calls by bare SDK clients, bundled as the rule is. */
  readonly bareSdk: string;
  /** The Node.js that Lambda runs. */
  readonly node24: string;
  readonly python: string;
};

/** One line of the table: a figure of Trailkey's beside a floor and a peer, which were measured in the same run. */
export type Figure = {
  readonly figure: string;
  readonly unit: 'ms CPU' | 'ms wall' | 'MB' | 'calls';
  readonly value: number;
  /** What cannot be undercut, and what it is. */
  readonly floor?: Beside;
  /** What people would use instead. */
  readonly peer?: Beside;
  /** A limit of the value itself. */
  readonly atMost?: number;
};

/** Another value, what it is of, and how many times it the figure may be. */
export type Beside = { readonly of: string; readonly value: number; readonly goal?: number | undefined };

/** The figure in multiples of another value. */
export const ratioTo = ({ value }: Figure, other: Beside): number => value / other.value;

/** Whether a figure keeps to all of its goals; undefined where it has none. */
export const isMet = (figure: Figure): boolean | undefined => {
  const { value, floor, peer, atMost } = figure;
  const goals = [floor, peer].flatMap((other) =>
    other?.goal === undefined ? [] : [rounded(ratioTo(figure, other)) <= other.goal],
  );
  if (atMost !== undefined) goals.push(value <= atMost);
  return goals.length === 0 ? undefined : goals.every(Boolean);
};

/** Ratios are compared as they are shown. */
const rounded = (ratio: number): number => Math.round(ratio * 100) / 100;

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
