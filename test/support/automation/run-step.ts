import type { ActionRun } from './action.js';
import { StepFailure } from './errors.js';
import { verifyInputs } from './inputs.js';
import { outputsIn } from './output.js';
import { resolve, type Values } from './references.js';
import { objectAt } from './shape.js';
import type { Step } from './step.js';

/** How a step ended. */
export type Outcome =
  | {
      readonly status: 'Success';
      readonly outputs: ReadonlyMap<string, unknown>;
      readonly goTo?: string | undefined;
    }
  | { readonly status: 'Failed' | 'TimedOut'; readonly message: string };

/** What a step runs with. */
export type Surroundings = Pick<ActionRun, 'automation' | 'wait'> & { readonly values: () => Values };

/** Runs a step once. What is neither a success nor a failure of the step, but unknown here, is thrown. */
export const runStep = async (step: Step, { automation, wait, values }: Surroundings): Promise<Outcome> => {
  const { name, action, timeoutSeconds } = step;
  const start = automation.now();
  // What a script did after its time was up cannot be taken back, but that it took too long is not passed over.
  const late = () => (automation.now() - start) / 1000 > timeoutSeconds;
  const tooLate = new StepFailure(`Step timed out after ${timeoutSeconds} seconds.`, 'TimedOut');
  try {
    const inputs = objectAt(resolve(step.inputs, values()), `Step ${name}.inputs`);
    verifyInputs(inputs, action.inputs);
    const { answer, goTo } = await action.run({ step: name, inputs, timeoutSeconds, automation, wait });
    if (late()) throw tooLate;
    return { status: 'Success', outputs: outputsIn(answer, step.outputs, name), goTo };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const { status, message } = late() ? tooLate : error;
    return { status, message };
  }
};
