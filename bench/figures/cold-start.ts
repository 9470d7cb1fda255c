import process from 'node:process';
import type { Bench } from '../bench.js';
import { environmentFor, withEndpoint } from '../endpoint.js';
import type { Figure } from '../figure.js';
import { measure } from '../measure.js';
import { rulePrograms } from './rule-programs.js';

const PYTHON = 'Python with boto3';

/** From the start of the process to the acknowledged PutEvaluations. */
export const coldStart = (bench: Bench): Promise<readonly Figure[]> =>
  withEndpoint(async (standIn) => {
    const { on24, here, python } = rulePrograms(bench, { env: environmentFor(standIn), turns: 0 });
    const cost = await measure(bench.sizes.starts, {
      rule: on24.rule,
      bare: on24.bare,
      ready: on24.ready,
      ruleHere: here.rule,
      bareHere: here.bare,
      python,
    });
    const major = process.version.replace(/\..*/, '').replace('v', 'Node.js ');
    return [
      {
        figure: 'Cold start, Node.js 24',
        unit: 'ms CPU',
        value: cost.rule.cpu,
        floor: { of: 'bare calls', value: cost.bare.cpu, goal: 1.5 },
        peer: { of: PYTHON, value: cost.python.cpu, goal: 0.4 },
      },
      {
        figure: 'The same, beside bare calls that could reach AWS',
        unit: 'ms CPU',
        value: cost.rule.cpu,
        floor: { of: 'with TLS and a hash loaded', value: cost.ready.cpu },
      },
      {
        figure: 'Cold start, Node.js 24, wall',
        unit: 'ms wall',
        value: cost.rule.wall,
        floor: { of: 'bare calls', value: cost.bare.wall, goal: 1.2 },
        peer: { of: PYTHON, value: cost.python.wall },
      },
      {
        figure: `Cold start, ${major}`,
        unit: 'ms CPU',
        value: cost.ruleHere.cpu,
        floor: { of: 'bare calls', value: cost.bareHere.cpu, goal: 1.5 },
        peer: { of: PYTHON, value: cost.python.cpu, goal: 0.4 },
      },
    ];
  });
