/** A number for people: "10,000". Node.js would load all that it knows of languages for it, which takes longer than most reports. */
export const grouped = (amount: number): string => String(amount).replace(/\B(?=(\d{3})+$)/g, ',');

/** A number and its noun: "1 trail", "10,000 trails". */
export const count = (amount: number, noun: string): string =>
  `${grouped(amount)} ${noun}${amount === 1 ? '' : 's'}`;
