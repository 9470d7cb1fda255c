import type { Action } from '../action.js';
import { RefusedError, StepFailure } from '../errors.js';
import type { Output } from '../output.js';

const MAX_APPROVERS = 10;
const MAX_MESSAGE_CHARS = 4096;
const DAY_SECONDS = 86_400;

/** `ApproverDecisions`, the other output, is left out: it does not fit into the 512 characters of an output's text. */
const OUTPUTS: readonly Output[] = [{ name: 'ApprovalStatus', selector: ['ApprovalStatus'], type: 'String' }];

/** `aws:approve`: waits until people approve, or one of them rejects. */
export const approve: Action = {
  inputs: {
    named: {
      Message: {
        type: 'String',
        problem: (value) =>
          String(value).length > MAX_MESSAGE_CHARS
            ? `has more than ${MAX_MESSAGE_CHARS} characters`
            : undefined,
      },
      Approvers: {
        type: 'StringList',
        problem: (value) => {
          const count = [value].flat().length;
          return count < 1 || count > MAX_APPROVERS
            ? `should have 1 to ${MAX_APPROVERS} entries and has ${count}`
            : undefined;
        },
      },
      MinRequiredApprovals: {
        type: 'Integer',
        problem: (value) => (Number(value) < 1 ? `should be positive and is ${value}` : undefined),
      },
      NotificationArn: {
        type: 'String',
        optional: true,
        problem: (value) =>
          /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:Automation[\w-]*$/.test(String(value))
            ? undefined
            : `should be the ARN of an SNS topic whose name begins with Automation and is ${value}`,
      },
    },
  },
  outputs: OUTPUTS,
  seconds: { max: 30 * DAY_SECONDS, default: 7 * DAY_SECONDS },
  run: async ({ step, inputs, automation, wait }) => {
    const approvers = [inputs['Approvers']].flat().map(String);
    const required = Number(inputs['MinRequiredApprovals']);
    if (required > approvers.length)
      throw new StepFailure(
        `The input MinRequiredApprovals is ${required}, and there are ${approvers.length} Approvers.`,
      );
    if (!automation.approve)
      throw new RefusedError(`Step ${step} asks for an approval, and there is nobody to ask.`);
    wait();
    const answer = await automation.approve({
      step,
      message: String(inputs['Message']),
      approvers,
      required,
    });
    if (answer === 'Rejected') throw new StepFailure('The approval was rejected.');
    return { answer: { ApprovalStatus: answer } };
  },
};
