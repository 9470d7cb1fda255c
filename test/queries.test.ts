import { HiveSQL } from 'dt-sql-parser/dist/parser/hive/index.js';
import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino/index.js';
import { expect, it } from 'vitest';
import { VERDICT_CODES } from '../src/core/verdict.js';
import { filesBelow, textAt } from './support/project.js';
import { runScan } from './support/run-scan.js';

const FOLDER = 'examples/queries';
const queryAt = (name: string): string => textAt(`${FOLDER}/${name}`);

/** Athena reads table definitions with Hive's grammar, and queries with Trino's. */
const ATHENA = {
  'athena-create-table.sql': new HiveSQL(),
  'athena-evaluate-trails.sql': new TrinoSQL(),
};
const CONFIG = ['config-trails.sql', 'config-keys.sql'];

it('every query is checked', () => {
  const names = [...Object.keys(ATHENA), ...CONFIG].map((name) => `${FOLDER}/${name}`);

  expect(filesBelow(FOLDER).toSorted()).toEqual(names.toSorted());
});

it.each(Object.entries(ATHENA))('%s follows the grammar of its engine', (name, parser) => {
  const query = queryAt(name);

  expect(parser.validate(query)).toEqual([]);
  expect(parser.validate(query.replace('STRUCT<', 'STRUCT(').replace(' AS (', ' (('))).not.toEqual([]);
});

it('the Athena query reports verdicts in their order of precedence', () => {
  const cases = queryAt('athena-evaluate-trails.sql').matchAll(/(?:THEN|ELSE) '(\w+)'/g);
  const codes = [...cases].map(([, code]) => code);

  expect(VERDICT_CODES.filter((code) => codes.includes(code))).toEqual(codes);
});

it('the queries for AWS Config are those that trailkey scan sends to an aggregator', async () => {
  const { calls } = await runScan(['--aggregator', 'all'], {
    answers: { SelectAggregateResourceConfig: () => ({ Results: [] }) },
  });

  expect(calls.map(({ body }) => body['Expression']).toSorted()).toEqual(
    CONFIG.map((name) => queryAt(name).replace(/\s+/g, ' ').trim()).toSorted(),
  );
});
