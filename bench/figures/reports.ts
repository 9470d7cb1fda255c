import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import process from 'node:process';
import { FORMATS, type Format } from '../../src/cli/reporters/index.js';
import { trailItem } from '../../test/support/builders.js';
import type { Bench, Figure } from '../figure.js';
import { type Command, measure } from '../measure.js';

const MS = 5000;

/** Reports of many findings: the whole command, from reading items to writing the file, compared with a run without a report. */
export const reports = async ({ folder, sizes }: Bench): Promise<readonly Figure[]> => {
  const input = `${folder}/trails.jsonl`;
  await writeTrails(input, sizes.findings);
  const fileOf = (format: string) => `${folder}/report.${format}`;
  const check = (...more: readonly string[]): Command => ({
    args: [process.execPath, 'dist/trailkey.js', 'check', input, '--fail-on', 'never', '--quiet', ...more],
  });
  const written = await measure(sizes.repetitions, {
    none: check(),
    ...forEachFormat((format) => check('--output', `${format}=${fileOf(format)}`)),
  });
  const floors = await measure(
    sizes.repetitions,
    forEachFormat((format) => ({
      args: [process.execPath, 'bench/programs/write-bytes.cjs', fileOf(format), `${folder}/bytes`],
    })),
  );
  const count = sizes.findings.toLocaleString('en');
  return [
    ...FORMATS.map(
      (format): Figure => ({
        figure: `${format} report of ${count} findings`,
        unit: 'ms CPU',
        value: written[format].cpu,
        floor: { of: 'writing the bytes', value: floors[format].cpu },
        atMost: MS,
      }),
    ),
    {
      figure: `csv report of ${count} findings, memory`,
      unit: 'MB',
      value: written.csv.memory,
      floor: { of: 'no report', value: written.none.memory, goal: 1.1 },
    },
  ];
};

const forEachFormat = (commandOf: (format: Format) => Command): Readonly<Record<Format, Command>> => ({
  text: commandOf('text'),
  json: commandOf('json'),
  csv: commandOf('csv'),
  markdown: commandOf('markdown'),
  html: commandOf('html'),
  sarif: commandOf('sarif'),
  junit: commandOf('junit'),
  ocsf: commandOf('ocsf'),
  asff: commandOf('asff'),
});

const writeTrails = async (file: string, count: number): Promise<void> => {
  const stream = createWriteStream(file);
  for (let index = 0; index < count; index += 1) {
    const name = `audit-${index}`;
    const trailARN = `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`;
    const kmsKeyId = index % 2 === 0 ? { kmsKeyId: null } : {};
    const item = trailItem(
      { name, trailARN, ...kmsKeyId },
      { resourceId: name, resourceName: name, ARN: trailARN },
    );
    stream.write(`${JSON.stringify(item)}\n`);
  }
  stream.end();
  await once(stream, 'finish');
};
