import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { trailItem } from '../../test/support/builders.js';
import { changeOf } from '../../test/support/rule-event.js';
import { environmentFor, withEndpoint } from '../endpoint.js';
import type { Bench, Figure } from '../figure.js';
import { type Command, type Cost, measure } from '../measure.js';

const BARE_SDK = 'bare SDK';
const BOTO3 = 'Python with boto3';

/** From the start of the process to the response of PutEvaluations, without TLS and with TLS, which AWS requires. */
export const coldStart = async (bench: Bench): Promise<readonly Figure[]> => [
  ...(await startsOver(bench, { tls: false, goals: { floor: 1.1, peer: 0.5 } })),
  ...(await startsOver(bench, { tls: true, goals: {} })),
];

type Transport = {
  readonly tls: boolean;
  readonly goals: { readonly floor?: number; readonly peer?: number };
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
        floor: { of: BARE_SDK, value: bare[what] },
        peer: { of: BOTO3, value: cost.python[what] },
      });
      const cpu = beside('cpu', cost.rule, cost.bare);
      return [
        {
          ...cpu,
          figure: `Cold start, Node.js 24${over}`,
          floor: { ...cpu.floor, goal: goals.floor },
          peer: { ...cpu.peer, goal: goals.peer },
        },
        { ...beside('wall', cost.rule, cost.bare), figure: `Cold start, Node.js 24${over}, wall` },
        {
          ...beside('cpu', cost.ruleHere, cost.bareHere),
          figure: `Cold start, ${process.version.replace(/\..*/, '').replace('v', 'Node.js ')}${over}`,
        },
      ];
    },
    { tls },
  );

/** The mean of many events in one process, without the first. */
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
        floor: { of: BARE_SDK, value: cost.bare.cpu, goal: 1.15 },
        peer: { of: BOTO3, value: cost.python.cpu, goal: 1 },
      },
    ];
  });

/** The rule, its floor and its peer. Each evaluates the change of one trail once, and `turns` more times. */
const rulePrograms = (
  { artifact, bareSdk, folder, node24, python }: Bench,
  { env, turns }: { readonly env: Readonly<Record<string, string>>; readonly turns: number },
) => {
  const event = `${folder}/event.json`;
  writeFileSync(event, JSON.stringify(changeOf(trailItem())));
  const program = (...args: readonly string[]): Command => ({ args, env, reportsCost: true });
  const on = (node: string) => ({
    rule: program(node, 'bench/programs/invoke.cjs', artifact.handler, event, String(turns)),
    bare: program(node, 'bench/programs/invoke.cjs', bareSdk, event, String(turns)),
  });
  return {
    on24: on(node24),
    here: on(process.execPath),
    python: program(python, 'bench/programs/rule.py', event, String(turns)),
  };
};
