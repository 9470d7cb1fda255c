export { annotationOf, type Description } from './core/annotation.js';
export type { ChangedParameter, ComparedTrail, Comparison } from './core/comparison.js';
export { type ConfigurationItem, parseConfigurationItem } from './core/configuration-item.js';
export { FormatError, RuleParametersError } from './core/errors.js';
export {
  type EvaluationContext,
  evaluateTrail,
  evaluateTrails,
  type Finding,
  type FindingKey,
  type FindingWaiver,
  type SourceLocation,
  type UncheckedFact,
} from './core/evaluate-trail.js';
export {
  type Fact,
  type InvalidReference,
  type Key,
  type KeyLookupResult,
  type KeyReference,
  type KeySource,
  parseKeyItem,
  parseKeyMetadata,
  parseKeyReference,
} from './core/key.js';
export {
  createReport,
  type ExitCode,
  exitCodeOf,
  type FailOn,
  type Mode,
  type Report,
  type ReportError,
  type Summary,
  type UnevaluatedTrail,
} from './core/report.js';
export { DEFAULT_PARAMETERS, parseRuleParameters, type RuleParameters } from './core/rule-parameters.js';
export { type ObservedTrail, observedAtHome, parseTrail, parseTrailItem, type Trail } from './core/trail.js';
export {
  CATALOGUE,
  type Compliance,
  isVerdictCode,
  type Severity,
  type Standard,
  VERDICT_CODES,
  type VerdictCode,
  type VerdictInfo,
} from './core/verdict.js';
export { parseWaivers, type Waiver, type WaiverEntry, type WaiverProblem } from './core/waiver.js';
