import process from 'node:process';
import type { Bench } from '../bench.js';
import { environmentFor, withEndpoint } from '../endpoint.js';
import type { Figure } from '../figure.js';
import { type Cost, measure } from '../measure.js';
import { rulePrograms } from './rule-programs.js';

/** From the start of the process to the acknowledged PutEvaluations: of an endpoint without TLS, and of one with it, as AWS's are. */
export const coldStart = async (bench: Bench): Promise<readonly Figure[]> => [
  ...(await startsOver(bench, { tls: false, goals: { floor: 1.5, wall: 1.2, peer: 0.4 } })),
  ...(await startsOver(bench, { tls: true, goals: {} })),
];

type Transport = {
  readonly tls: boolean;
  readonly goals: { readonly floor?: number; readonly wall?: number; readonly peer?: number };
};

const startsOver = (bench: Bench, { tls, goals }: Transport): Promise<readonly Figure[]> =>
  withEndpoint(
    async (standIn) => {
      const { on24, here, python } = rulePrograms(bench, { env: environmentFor(standIn), turns: 0 });
      const cost = await measure(bench.sizes.starts, {
        rule: on24.rule,
        bare: on24.bare,
        ruleHere: here.rule,
        bareHere: here.bare,
        python,
      });
      const over = tls ? ', over TLS' : '';
      const beside = (what: keyof Cost, rule: Cost, bare: Cost) => ({
        unit: what === 'wall' ? ('ms wall' as const) : ('ms CPU' as const),
        value: rule[what],
        floor: { of: 'bare calls', value: bare[what] },
        peer: { of: 'Python with boto3', value: cost.python[what] },
      });
      const cpu = beside('cpu', cost.rule, cost.bare);
      const wall = beside('wall', cost.rule, cost.bare);
      return [
        {
          ...cpu,
          figure: `Cold start, Node.js 24${over}`,
          floor: { ...cpu.floor, goal: goals.floor },
          peer: { ...cpu.peer, goal: goals.peer },
        },
        {
          ...wall,
          figure: `Cold start, Node.js 24${over}, wall`,
          floor: { ...wall.floor, goal: goals.wall },
        },
        {
          ...beside('cpu', cost.ruleHere, cost.bareHere),
          figure: `Cold start, ${process.version.replace(/\..*/, '').replace('v', 'Node.js ')}${over}`,
        },
      ];
    },
    { tls },
  );
