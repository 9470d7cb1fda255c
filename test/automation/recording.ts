import { createHash } from 'node:crypto';
import { postJson } from '../support/automation/actions.js';
import { advance } from '../support/aws-simulator/simulator.js';
import type { SimulatedAws } from '../support/aws-simulator/state.js';
import type { StandIn } from '../support/stand-in.js';
import type { ScriptRunner } from './scenario-runner.js';

/** The simulated AWS that scripts call, and its endpoint. */
export type Endpoint = { readonly aws: SimulatedAws; readonly standIn: Pick<StandIn, 'url' | 'calls'> };

/** What a script did: its calls and the seconds that it slept, in order, and how it ended. */
export type Recorded = {
  readonly step: string;
  /** The first digits of the SHA-256 of its text, handler and payload: another script has to be recorded anew. */
  readonly of: string;
  readonly did: readonly (RecordedCall | number)[];
  readonly ended: Awaited<ReturnType<ScriptRunner>>;
};

type RecordedCall = { readonly target: string; readonly region: string; readonly body: object };
type Script = Parameters<ScriptRunner>[0];

const DIGITS = 12;
const SLIGHT_S = 1e-6;

const identityOf = ({ text, handler, payload }: Script): string =>
  createHash('sha256')
    .update(JSON.stringify([text, handler, payload]))
    .digest('hex')
    .slice(0, DIGITS);

/** Runs scripts, and notes what they do. `slept` is to be told of each sleep. */
export const recorder = (runner: Endpoint, runScript: ScriptRunner) => {
  const recorded: Recorded[] = [];
  let did: (RecordedCall | number)[] = [];
  let seen = 0;
  const noteCalls = (): void => {
    for (const { service, operation, region, body } of runner.standIn.calls.slice(seen)) {
      did.push({ target: `${service}.${operation}`, region, body });
    }
    seen = runner.standIn.calls.length;
  };
  const run: ScriptRunner = async (script) => {
    seen = runner.standIn.calls.length;
    did = [];
    const ended = await runScript(script);
    noteCalls();
    recorded.push({ step: script.step, of: identityOf(script), did, ended });
    return ended;
  };
  return {
    run,
    slept: (seconds: number): void => {
      noteCalls();
      // Scripts wait whole seconds; what boto3 waits before it tries again is random.
      if (Math.abs(seconds - Math.round(seconds)) < SLIGHT_S) did.push(Math.round(seconds));
    },
    recorded: (): readonly Recorded[] => recorded,
  };
};

/** A recording as it is kept: a line for each script, so that changes of it can be read. */
export const recordingText = (recorded: Readonly<Record<string, readonly Recorded[]>>): string => {
  const scenarios = Object.entries(recorded).map(
    ([name, scripts]) =>
      `${JSON.stringify(name)}: [\n${scripts.map((one) => JSON.stringify(one)).join(',\n')}\n]`,
  );
  return `{\n${scenarios.join(',\n')}\n}\n`;
};

/** Plays scripts as they were recorded: makes their calls, lets their time pass, and ends as they did. Some may be left out. */
export const replayer = (runner: Endpoint, recorded: readonly Recorded[]): ScriptRunner => {
  const rest = [...recorded];
  return async (script) => {
    const index = rest.findIndex(({ step, of }) => step === script.step && of === identityOf(script));
    const [next] = index < 0 ? [] : rest.splice(index, 1);
    if (next === undefined) {
      throw new Error(
        `Step ${script.step} runs another script, or with other inputs, than was recorded. Record anew: npm run record`,
      );
    }
    for (const one of next.did) {
      if (typeof one === 'number') advance(runner.aws, one);
      else
        await postJson(runner.standIn.url, one).then(
          (response) => response.text(),
          () => undefined, // The scenario ends the connection.
        );
    }
    return next.ended;
  };
};
