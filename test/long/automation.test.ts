import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtDocuments } from '../automation/documents.js';
import { type Recorded, recorder, recordingText } from '../automation/recording.js';
import {
  expectOutcome,
  outcomeOf,
  type ScenarioRunner,
  startScenarioRunner,
} from '../automation/scenario-runner.js';
import { SCENARIOS } from '../automation/scenarios/all.js';
import type { Scenario } from '../automation/scenarios/scenario.js';
import { type Python, startPython } from '../support/automation/python.js';
import { advance } from '../support/aws-simulator/simulator.js';

let runner: ScenarioRunner;
let python: Python;
let onSleep: (seconds: number) => void = () => {};

beforeAll(async () => {
  runner = await startScenarioRunner();
  python = await startPython({
    endpoint: runner.standIn.url,
    region: 'eu-west-1',
    accountId: '111122223333',
    advance: (seconds) => {
      onSleep(seconds);
      advance(runner.aws, seconds);
    },
    now: () => runner.aws.now,
  });
});
afterAll(async () => {
  python?.stop();
  await runner?.close();
});

/** Plays a scenario with real Python, and notes what its scripts do. */
const played = async (scenario: Scenario) => {
  const recording = recorder(runner, python.runScript);
  onSleep = recording.slept;
  const execution = await runner.run(scenario, builtDocuments()[scenario.document], recording.run);
  return { outcome: outcomeOf(execution, runner.aws), recorded: recording.recorded() };
};

describe.each(Object.entries(SCENARIOS))('%s, its scripts run by Python', (name, scenarios) => {
  const recorded: Record<string, readonly Recorded[]> = {};

  it.each(Object.entries(scenarios))('%s', async (what, scenario: Scenario) => {
    const { outcome, recorded: ofThis } = await played(scenario);
    recorded[what] = ofThis;

    expectOutcome(outcome, scenario);
  });

  it('is recorded as it is', async () => {
    await expect(recordingText(recorded)).toMatchFileSnapshot(`../automation/recorded/${name}.json`);
  });
});

/** A fault planted in a document or its scripts, and the scenarios that must notice it, unless the document is refused as it stands. */
type Plant = {
  readonly fault: string;
  readonly document: string;
  readonly at: [string, string];
  readonly noticedBy: readonly string[];
  readonly refusal?: string;
};

const PLANTS: readonly Plant[] = [
  {
    fault: 'a dry run that changes the trail',
    document: 'Trailkey-EncryptTrail',
    at: ['if events[\\"Mode\\"] == \\"DryRun\\":', 'if events[\\"Mode\\"] == \\"Dry\\":'],
    noticedBy: ['a dry run changes nothing, and says what it would do'],
  },
  {
    fault: 'the home Region is not looked at',
    document: 'Trailkey-EncryptTrail',
    at: ['if home != region:', 'if False:'],
    noticedBy: ['a trail whose home is another Region, by ARN'],
  },
  {
    fault: 'the trail of another account counts as missing',
    document: 'Trailkey-EncryptTrail',
    at: ['if owner != account:', 'if False:'],
    noticedBy: ['a trail of another account, by ARN'],
  },
  {
    fault: 'everything is rolled back, also to a broken key',
    document: 'Trailkey-EncryptTrail',
    at: ['if is_broken or concerns_key(error):', 'if False:'],
    noticedBy: [
      'delivery fails as it did before: nothing is rolled back',
      'delivery fails and the previous key is broken: nothing is rolled back',
    ],
  },
  {
    fault: 'nothing is ever rolled back',
    document: 'Trailkey-EncryptTrail',
    at: ['"Default":"RollBack"', '"Default":"ReEvaluate"'],
    noticedBy: ['delivery fails with the new key, and the trail had none: the key is removed again'],
  },
  {
    fault: "somebody else's change is rolled back",
    document: 'Trailkey-EncryptTrail',
    at: ['if now != change.before:', 'if False:'],
    noticedBy: ['somebody changes the key between Assess and UpdateTrail: it is left so'],
  },
  {
    fault: 'what is unknown counts as unusable',
    document: 'Trailkey-EncryptTrail',
    at: ['if not present.is_known:', 'if False:'],
    noticedBy: ['a key of unknown state is not replaced'],
  },
  {
    fault: 'any delivery error counts against the key',
    document: 'Trailkey-EncryptTrail',
    at: ['return error == \\"AccessDenied\\" or \\"kms\\" in error.lower()', 'return error != \\"\\"'],
    noticedBy: ['a usable key is not replaced because its bucket fails'],
  },
  {
    fault: 'a key that is pending deletion is given to a trail',
    document: 'Trailkey-EncryptTrail',
    at: [
      'USABLE_STATES = (\\"Enabled\\", \\"Updating\\")',
      'USABLE_STATES = (\\"Enabled\\", \\"Updating\\", \\"PendingDeletion\\")',
    ],
    noticedBy: ['a target key in state PendingDeletion'],
  },
  {
    fault: 'a refused update is passed over',
    document: 'Trailkey-EncryptTrail',
    at: ['"onFailure":"step:RollBack"', '"onFailure":"Continue"'],
    noticedBy: ['a key whose policy shuts CloudTrail out is refused by CloudTrail'],
    refusal: 'Step UpdateTrail continues on failure',
  },
  {
    fault: 'an update is tried once',
    document: 'Trailkey-EncryptTrail',
    at: ['time.time() >= change.deadline', 'True'],
    noticedBy: ['an update that is throttled or meets another is tried again'],
  },
  {
    fault: 'a rule that cannot be evaluated fails the repair',
    document: 'Trailkey-EncryptTrail',
    at: [
      'return f\\"The rule {name} was not evaluated',
      'raise error\\n    return f\\"The rule {name} was not evaluated',
    ],
    noticedBy: ['a rule that may not be evaluated is no failure, and is named'],
  },
  {
    fault: 'a delivery from before the change counts',
    document: 'Trailkey-EncryptTrail',
    at: ['delivery.delivered_at > watched.delivered_since', 'True'],
    noticedBy: [
      'a quiet trail is no failure',
      'delivery fails with the new key, and the trail had none: the key is removed again',
    ],
  },
  {
    fault: 'a delivery with the previous key counts',
    document: 'Trailkey-EncryptTrail',
    at: ['SPREAD_SECONDS = 180', 'SPREAD_SECONDS = 0'],
    noticedBy: ['delivery fails once the change has propagated, after one with the previous key'],
  },
  {
    fault: 'a change that cannot be verified is rolled back',
    document: 'Trailkey-EncryptTrail',
    at: ['if state != \\"Failing\\":', 'if False:'],
    noticedBy: ['the status cannot be read: the change is not rolled back, and the failure says so'],
  },
  {
    fault: 'an old delivery error fails at once',
    document: 'Trailkey-EncryptTrail',
    at: ['delivery.attempted_at > watched.failed_since', 'True'],
    noticedBy: ['an old delivery error that a delivery ends'],
  },
  {
    fault: 'a key is enabled without approval',
    document: 'Trailkey-RestoreKey',
    at: ['"NextStep":"DecideApproval"', '"NextStep":"DecideChange"'],
    noticedBy: ['nothing is changed without approval'],
    refusal: 'No way leads to step DecideApproval',
  },
  {
    fault: 'a key that the trail does not have is enabled',
    document: 'Trailkey-RestoreKey',
    at: ['"NextStep":"KeyRescued"', '"NextStep":"EnableKey"'],
    noticedBy: ['the deletion of a key is cancelled although the trail has a different key'],
    refusal: 'No way leads to step KeyRescued',
  },
  {
    fault: 'a key pending deletion is left if the trail has a different key',
    document: 'Trailkey-RestoreKey',
    at: [
      'PENDING_DELETION_STATES = (\\"PendingDeletion\\", \\"PendingReplicaDeletion\\")',
      'PENDING_DELETION_STATES = ()',
    ],
    noticedBy: ['the deletion of a key is cancelled although the trail has a different key'],
  },
  {
    fault: 'a key is enabled for a trail that has moved on',
    document: 'Trailkey-RestoreKey',
    at: ['if trail.key != events[\\"TrailKmsKeyId\\"]:', 'if False:'],
    noticedBy: ['the trail moves on while approval is waited for'],
  },
  {
    fault: "KMS is called in the trail's Region",
    document: 'Trailkey-RestoreKey',
    at: ['arn.split(\\":\\")[3]', '\\"eu-west-1\\"'],
    noticedBy: ['a key in another Region'],
  },
  {
    fault: 'the trail is not looked at before it is backed out',
    document: 'Trailkey-BackOut',
    at: ['if shown(trail.key) != expected:', 'if False:'],
    noticedBy: ['the trail now has a different key'],
  },
  {
    fault: 'the trail is not looked at again before it is backed out',
    document: 'Trailkey-BackOut',
    at: ['if now != change.before:', 'if False:'],
    noticedBy: ['somebody changes the key between reading and changing'],
  },
  {
    fault: 'logging is stopped unasked',
    document: 'Trailkey-BackOut',
    at: ['"Default":"Done"', '"Default":"StopLogging"'],
    noticedBy: ['a trail that had no key has none again'],
  },
];

const isAsExpected = (outcome: ReturnType<typeof outcomeOf>, scenario: Scenario): boolean => {
  try {
    expectOutcome(outcome, scenario);
    return true;
  } catch {
    return false;
  }
};

it('no script defines a name twice', () => {
  for (const { mainSteps } of Object.values<any>(builtDocuments())) {
    for (const { inputs } of mainSteps) {
      const defined = [...String(inputs.Script ?? '').matchAll(/^(?:def |class )?(\w+)(?: = |\(|:)/gm)];
      const names = defined.map(([, name]) => name);
      expect(names).toEqual([...new Set(names)]);
    }
  }
});

describe('a planted fault is noticed:', () => {
  const scenarios: Record<string, Readonly<Record<string, Scenario>>> = SCENARIOS;

  it.each(PLANTS)('$document: $fault', async ({ document, at: [from, to], noticedBy, refusal }) => {
    const text = JSON.stringify(builtDocuments()[document]);
    expect(text).toContain(from);
    const faulty = JSON.parse(text.replaceAll(from, to));

    for (const name of noticedBy) {
      const scenario = scenarios[document]?.[name];
      if (scenario === undefined) throw new Error(`There is no scenario "${name}".`);
      const run = runner.run(scenario, faulty, python.runScript);
      if (refusal !== undefined) await expect(run).rejects.toThrow(refusal);
      else expect(isAsExpected(outcomeOf(await run, runner.aws), scenario)).toBe(false);
    }
  });
});
