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
