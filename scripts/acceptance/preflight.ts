import { messageOf } from '../../src/core/errors.js';
import { parseJson } from '../../src/core/json-value.js';
import { RULE_NAME } from '../../src/core/report.js';
import {
  DEFAULT_PARAMETERS,
  parseRuleParameters,
  type RuleParameters,
} from '../../src/core/rule-parameters.js';
import type { Account } from './aws/account.js';
import type { DeployedRule } from './stage.js';

/** Thrown if a run cannot start. Nothing was created. */
class PreflightError extends Error {
  override readonly name = 'PreflightError';
}

/**
 * Reads the deployed rule, and checks that a run can drive its verdicts.
 *
 * @throws PreflightError with all problems
 */
export const readRule = async (account: Account): Promise<DeployedRule> => {
  const rules = await account.rule.list();
  const [rule] = rules;
  const name = rule?.ConfigRuleName;
  if (rules.length !== 1 || rule === undefined || name === undefined) {
    throw new PreflightError(
      `Expected one rule whose name begins with ${RULE_NAME}; found ${rules.length}. Deploy the stack: see docs/deploy-account.md.`,
    );
  }
  const remediation = await account.rule.remediation(name);
  const { parameters, problem } = parametersIn(rule.InputParameters);
  const scope = rule.Scope?.ComplianceResourceTypes ?? [];
  const problems = [
    ...problem,
    ...(rule.ConfigRuleState === 'ACTIVE' ? [] : [`Rule ${name} is ${rule.ConfigRuleState}.`]),
    ...(scope.includes('AWS::KMS::Key') ? [] : ['The rule does not evaluate changes of keys (watchKeys).']),
    ...(parameters.keyVerification === 'live'
      ? []
      : ['The rule does not check key states (keyVerification).']),
    ...(parameters.kmsKeyArns.length === 0 ? [] : ['The rule allows only the keys in kmsKeyArns.']),
    ...(remediation?.isAutomatic
      ? ['The remediation is automatic and would change the trail of the run.']
      : []),
    ...((await account.rule.isRecording()) ? [] : ['The recorder of AWS Config is off or does not exist.']),
  ];
  if (problems.length > 0) {
    throw new PreflightError(`${problems.join(' ')} Change this, and check it with: trailkey doctor`);
  }
  return { name, parameters, button: remediation };
};

const parametersIn = (
  text: string | undefined,
): { readonly parameters: RuleParameters; readonly problem: readonly string[] } => {
  try {
    return { parameters: parseRuleParameters(parseJson(text || '{}')), problem: [] };
  } catch (error) {
    return { parameters: DEFAULT_PARAMETERS, problem: [messageOf(error)] };
  }
};
