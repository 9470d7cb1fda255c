import type { Bench } from '../bench.js';
import { environmentFor, withEndpoint } from '../endpoint.js';
import type { Figure } from '../figure.js';
import { measure } from '../measure.js';
import { rulePrograms } from './rule-programs.js';

/** One event of many in one process, less the first. */
export const warmInvocation = (bench: Bench): Promise<readonly Figure[]> =>
  withEndpoint(async (standIn) => {
    const { events, repetitions } = bench.sizes;
    const { on24, python } = rulePrograms(bench, { env: environmentFor(standIn), turns: events });
    const cost = await measure(repetitions, { rule: on24.rule, bare: on24.bare, python });
    return [
      {
        figure: 'Warm invocation, Node.js 24',
        unit: 'ms CPU',
        value: cost.rule.cpu,
        floor: { of: 'bare calls', value: cost.bare.cpu, goal: 1.5 },
        peer: { of: 'Python with boto3', value: cost.python.cpu, goal: 0.4 },
      },
    ];
  });
