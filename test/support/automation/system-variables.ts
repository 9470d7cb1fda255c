import { randomUUID } from 'node:crypto';
import type { Automation } from './run-document.js';

/** The variables that every document may refer to. */
export const SYSTEM_VARIABLES = [
  'global:ACCOUNT_ID',
  'global:AWS_PARTITION',
  'global:DATE',
  'global:DATE_TIME',
  'global:REGION',
  'automation:EXECUTION_ID',
] as const;

/** Gives the variables of one execution, with the date and time of when it is called. */
export const systemVariables = (
  { accountId, partition = 'aws', region }: Automation,
  now: () => number,
): (() => ReadonlyMap<string, string>) => {
  const executionId = randomUUID();
  return () => {
    const [date = '', time = ''] = new Date(now()).toISOString().split(/[T.]/);
    const values = {
      'global:ACCOUNT_ID': accountId,
      'global:AWS_PARTITION': partition,
      'global:DATE': date,
      'global:DATE_TIME': `${date}_${time.replaceAll(':', '.')}`,
      'global:REGION': region,
      'automation:EXECUTION_ID': executionId,
    } satisfies Record<(typeof SYSTEM_VARIABLES)[number], string>;
    return new Map(Object.entries(values));
  };
};
