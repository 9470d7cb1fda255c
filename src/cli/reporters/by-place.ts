import type { Finding } from '../../core/finding.js';

/** Findings grouped by the account and Region in which they were seen; no group is empty. */
export const byPlace = (findings: readonly Finding[]): readonly (readonly Finding[])[] => {
  const places = new Map<string, Finding[]>();
  for (const finding of findings) {
    const place = JSON.stringify([finding.accountId, finding.region]);
    const group = places.get(place) ?? [];
    group.push(finding);
    places.set(place, group);
  }
  return [...places.values()];
};
