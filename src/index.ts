import type { ScanOptions, ScanResult } from './scan/scan-accounts.js';

export { FORMATS, type Format, renderReport } from './cli/reporters/index.js';
export { annotationOf, type Description } from './core/annotation.js';
export {
  type ChangedParameter,
  type ComparedTrail,
  type Comparison,
  type EarlierReport,
  parseEarlierReport,
} from './core/comparison.js';
export { type ConfigurationItem, parseConfigurationItem } from './core/configuration-item.js';
export { CredentialsError, FormatError, RuleParametersError } from './core/errors.js';
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
export { type EvaluatedInventory, evaluateInventory } from './input/evaluate-inventory.js';
export type { Problem } from './input/problem.js';
export { type InputContents, type InputOptions, readInput } from './input/read-input.js';
export type { ScanOptions, ScanResult, ScanTarget } from './scan/scan-accounts.js';
export { VERSION } from './version.js';

/**
 * Evaluates the trails of live accounts. A part that fails is in the errors of the result.
 *
 * @throws CredentialsError if there are no valid credentials or no Region
 */
export const scan = async (options: ScanOptions = {}): Promise<ScanResult> => {
  // The SDK is loaded only by programs that scan.
  const { scanLive } = await import('./cli/live-scan.js');
  return scanLive(options);
};
