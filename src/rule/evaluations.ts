import { annotateGone } from '../core/annotation.js';
import type { Finding } from '../core/finding.js';
import { isJudged } from '../core/report.js';
import type { Evaluation, ResultResource } from '../ports.js';

/** The results to put for findings: one for each resource, and of two for one resource the one that judges it. */
export const evaluationsOf = (findings: readonly Finding[], orderedAt: number): readonly Evaluation[] => {
  const byId = new Map<string, Finding>();
  for (const finding of findings) {
    const known = byId.get(finding.resourceId);
    if (known === undefined || !isJudged(known)) byId.set(finding.resourceId, finding);
  }
  return [...byId.values()].map(({ resourceType, resourceId, compliance, annotation }) => ({
    resourceType,
    resourceId,
    compliance,
    annotation,
    orderedAt,
  }));
};

/** Results that set aside what earlier ones say of resources that are not among those put now. */
export const staleEvaluations = (
  current: readonly ResultResource[],
  put: readonly Evaluation[],
  orderedAt: number,
): readonly Evaluation[] => {
  const nameOf = ({ resourceType, resourceId }: ResultResource) => `${resourceType} ${resourceId}`;
  const names = new Set(put.map(nameOf));
  return current
    .filter((resource) => !names.has(nameOf(resource)))
    .map(({ resourceType, resourceId }) => ({
      resourceType,
      resourceId,
      compliance: 'NOT_APPLICABLE',
      annotation: annotateGone(resourceId),
      orderedAt,
    }));
};
