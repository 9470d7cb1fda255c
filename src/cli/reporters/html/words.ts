/** A number and its noun: "1 trail", "10,000 trails". */
export const count = (amount: number, noun: string): string =>
  `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`;

/** A moment for people, in UTC: "5 January 2026, 12:00 UTC". What is no moment is given back as it is. */
export const momentOf = (instant: string): string => {
  if (Number.isNaN(Date.parse(instant))) return instant;
  const moment = new Date(instant);
  return `${DAY.format(moment)}, ${moment.toISOString().slice(11, 16)} UTC`;
};

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
