/** A moment for people, in UTC: "5 January 2026, 12:00 UTC". What is no moment is given back as it is. */
export const momentOf = (instant: string): string => {
  if (Number.isNaN(Date.parse(instant))) return instant;
  const moment = new Date(instant);
  return `${DAY.format(moment)}, ${moment.toISOString().slice(11, 16)} UTC`;
};

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
