import type { Artifact } from '../test/support/artifact.js';
import type { Sizes } from './sizes.js';

/** What every measurement uses. */
export type Bench = {
  readonly sizes: Sizes;
  /** A temporary folder for input. */
  readonly folder: string;
  readonly artifact: Artifact;
  /** The bundle of a handler that makes the two calls of the rule with bare SDK clients. */
  readonly bareSdk: string;
  /** The executable of the Node.js version of the function. */
  readonly node24: string;
  readonly python: string;
};

/** One row of the table: a figure of Trailkey, with a floor and a peer from the same run. */
export type Figure = {
  readonly figure: string;
  readonly unit: 'ms CPU' | 'ms wall' | 'MB' | 'calls';
  readonly value: number;
  /** The least work that the task needs. */
  readonly floor?: Beside;
  /** What people would use instead. */
  readonly peer?: Beside;
  /** The goal for the value itself. */
  readonly atMost?: number;
};

/** A value to compare with, what it measures, and the goal for the ratio of the figure to it. */
export type Beside = { readonly of: string; readonly value: number; readonly goal?: number | undefined };

/** The ratio of a figure to another value. */
export const ratioTo = ({ value }: Figure, other: Beside): number => value / other.value;

/** Whether a figure meets all of its goals. Undefined if it has none. */
export const isMet = (figure: Figure): boolean | undefined => {
  const { value, floor, peer, atMost } = figure;
  const goals = [floor, peer].flatMap((other) =>
    other?.goal === undefined ? [] : [rounded(ratioTo(figure, other)) <= other.goal],
  );
  if (atMost !== undefined) goals.push(value <= atMost);
  return goals.length === 0 ? undefined : goals.every(Boolean);
};

/** Ratios are rounded to the two digits that the table shows. */
const rounded = (ratio: number): number => Math.round(ratio * 100) / 100;

/** The figures as a Markdown table. */
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
