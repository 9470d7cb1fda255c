export { annotate } from './core/annotation.js';
export {
  CATALOGUE,
  type Compliance,
  gradeOf,
  isVerdictCode,
  type Severity,
  VERDICT_CODES,
  type VerdictInfo,
} from './core/catalogue.js';
export type { ChangedParameter } from './core/changed-parameters.js';
export type { ComparedTrail, Comparison } from './core/comparison.js';
export { type ConfigurationItem, parseConfigurationItem } from './core/configuration-item.js';
export { decide, type Examination, examine, type Facts } from './core/decide.js';
export { FormatError, RuleParametersError } from './core/errors.js';
export { type ExitCode, exitCodeOf, type FailOn } from './core/exit-code.js';
export { type Finding, type FindingKey, findingOf } from './core/finding.js';
export { type Key, type KeyAnswer, parseKeyItem, parseKeyMetadata, type Reading } from './core/key.js';
export { type InvalidReference, type KeyReference, parseKeyReference } from './core/key-reference.js';
export { type Report, type ReportError, reportOf, type Summary, type UnjudgedTrail } from './core/report.js';
export { DEFAULT_PARAMETERS, parseRuleParameters, type RuleParameters } from './core/rule-parameters.js';
export { parseTrail, parseTrailItem, sightAtHome, type Trail, type TrailSighting } from './core/trail.js';
export type { Unchecked } from './core/unchecked.js';
export type { Verdict, VerdictCode } from './core/verdict.js';
export { judgeTrails, type World } from './evaluate.js';
export type { KeySource } from './ports.js';
