/** A source as a report names it: an account or aggregator, with the Regions that alone were looked at. */
export const sourceIn = (name: string, regions: readonly string[] | undefined): string =>
  regions === undefined ? name : `${name}, only ${regions.join(', ')}`;

/** What a report says of the Regions that a scan was limited to. */
export const notesOnRegions = (regions: readonly string[] | undefined): readonly string[] =>
  regions === undefined ? [] : [`Regions other than ${regions.join(', ')} were not looked at.`];
