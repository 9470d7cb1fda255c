import type { JsonObject } from '../../../src/core/json-value.js';
import type { InputRules, Place } from './inputs.js';
import type { Output } from './output.js';
import type { Automation } from './run-document.js';

/** An execution of a step: its inputs have their values. */
export type ActionRun = {
  readonly step: string;
  readonly inputs: JsonObject;
  readonly timeoutSeconds: number;
  readonly automation: Automation & { readonly now: () => number };
  /** Shows the step as Waiting. */
  readonly wait: () => void;
};

/** What an action comes to: an answer for the step's outputs, or a step to go to. */
type ActionResult = { readonly answer?: unknown; readonly goTo?: string };

/** What a kind of step takes, gives and does. */
export type Action = {
  readonly inputs: InputRules;
  /** Refuses what the rules of single inputs cannot see. */
  readonly check?: (inputs: JsonObject, place: Place) => void;
  /** The outputs that such a step always has; `declared` where each step names its own. */
  readonly outputs: 'declared' | readonly Output[];
  /** The seconds that a step may take: those it may take at most, and those it may take unless it says so. */
  readonly seconds: { readonly max: number; readonly default: number };
  /** Other steps that such a step names. */
  readonly targets?: (inputs: JsonObject) => readonly string[];
  /** @throws StepFailure where the step fails */
  readonly run: (run: ActionRun) => Promise<ActionResult>;
};
