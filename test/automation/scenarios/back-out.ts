import {
  OTHER_KEY,
  REGION,
  type SimulatedAws,
  simulatedAws,
  simulatedKey,
  simulatedTrail,
  TARGET_KEY,
  TRAIL_ARN,
} from '../../support/aws-simulator/state.js';
import { type Scenario, type Scenarios, scenariosOf } from './scenario.js';

const DONE = 'Assess Decide SetPreviousKey DecideLogging Done';

const scenario = scenariosOf('Trailkey-BackOut', {
  TrailArn: TRAIL_ARN,
  ExpectedKmsKeyId: TARGET_KEY,
  PreviousKmsKeyId: 'none',
});

const changed = (overrides: Partial<SimulatedAws> = {}): SimulatedAws =>
  simulatedAws({ trails: [simulatedTrail({ kmsKeyId: TARGET_KEY })], ...overrides });

const blocked = (given: Scenario['given'], aws: () => SimulatedAws, because: string): Scenario =>
  scenario(given, aws, { ends: 'Failed', path: 'Assess Decide Blocked', changes: [], because });

/** The trail moves on when it was read once. */
const meanwhile = (): Scenario => {
  let aws = changed();
  return {
    ...scenario(
      {},
      () => {
        aws = changed();
        return aws;
      },
      {
        ends: 'Failed',
        path: 'Assess Decide SetPreviousKey',
        changes: [],
        because: `is now ${OTHER_KEY}, not`,
      },
    ),
    faults: ({ operation }, earlier) => {
      if (operation === 'GetTrail' && earlier === 1) {
        for (const trail of aws.trails) trail.kmsKeyId = OTHER_KEY;
      }
      return undefined;
    },
  };
};

/** Trailkey-BackOut, by what is shown. */
export const BACK_OUT: Scenarios = {
  'a trail that had no key has none again': scenario({}, changed, {
    ends: 'Success',
    path: DONE,
    changes: ['UpdateTrail audit none'],
  }),
  'a trail has its previous key again': scenario({ PreviousKmsKeyId: OTHER_KEY }, changed, {
    ends: 'Success',
    path: DONE,
    changes: [`UpdateTrail audit ${OTHER_KEY}`],
  }),
  'a trail that has no key gets its previous one': scenario(
    { ExpectedKmsKeyId: 'none', PreviousKmsKeyId: 'alias/trailkey' },
    simulatedAws,
    { ends: 'Success', path: DONE, changes: [`UpdateTrail audit ${TARGET_KEY}`] },
  ),
  'logging is stopped after the change': scenario({ Logging: 'Stop' }, changed, {
    ends: 'Success',
    path: 'Assess Decide SetPreviousKey DecideLogging StopLogging Done',
    changes: ['UpdateTrail audit none', 'StopLogging audit'],
  }),
  'logging is started, and the key kept': scenario(
    { Logging: 'Start', PreviousKmsKeyId: TARGET_KEY },
    () => simulatedAws({ trails: [simulatedTrail({ kmsKeyId: TARGET_KEY, isLogging: false })] }),
    {
      ends: 'Success',
      path: 'Assess Decide DecideLogging StartLogging Done',
      changes: ['StartLogging audit'],
    },
  ),
  'the trail now has a different key': blocked(
    { ExpectedKmsKeyId: OTHER_KEY },
    changed,
    `The key of trail ${TRAIL_ARN} is ${TARGET_KEY}, not ${OTHER_KEY}: the trail was changed in the meantime.`,
  ),
  'the trail now has no key': blocked({ Logging: 'Stop' }, simulatedAws, `is none, not ${TARGET_KEY}`),
  'the trail no longer exists': blocked({}, () => simulatedAws({ trails: [] }), 'does not exist in account'),
  'the home of the trail is another Region': {
    ...blocked({}, changed, `is ${REGION}, and the trail can be changed only there`),
    region: 'us-east-1',
  },
  'the previous key is broken: nothing is changed, and logging goes on': scenario(
    { PreviousKmsKeyId: OTHER_KEY, Logging: 'Stop' },
    () => changed({ keys: [simulatedKey(), simulatedKey({ arn: OTHER_KEY, state: 'Disabled' })] }),
    { ends: 'Failed', path: 'Assess Decide SetPreviousKey', changes: [], because: 'KmsException' },
  ),
  'somebody changes the key between reading and changing': meanwhile(),
  'logging may not be stopped: the key is rolled back anyway': {
    ...scenario({ Logging: 'Stop' }, changed, {
      ends: 'Failed',
      path: 'Assess Decide SetPreviousKey DecideLogging StopLogging',
      changes: ['UpdateTrail audit none'],
      because: 'AccessDeniedException',
    }),
    faults: ({ operation }) => (operation === 'StopLogging' ? 'denied' : undefined),
  },
};
