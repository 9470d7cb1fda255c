import { fieldOf, isJsonObject, type JsonObject } from '../core/json-value.js';

/** Data that is recognized and cannot be evaluated. */
export type NotEvaluated = {
  readonly kind: 'not-evaluated';
  /** What it is, and what to use instead: a clause without a period. */
  readonly message: string;
  /** Where it is an error, and not only a note: everywhere, or only if it is not one of many files in a folder. */
  readonly isError: 'always' | 'outside-folders' | 'never';
};

/** Recognizes the output of other tools and of other operations of the AWS CLI, which Trailkey does not evaluate. */
export const recognizeOther = (value: JsonObject): NotEvaluated | undefined =>
  OTHER.find(({ matches }) => matches(value))?.result;

const has = (value: JsonObject, ...names: readonly string[]): boolean =>
  names.every((name) => Object.hasOwn(value, name));

const exported = (what: string): NotEvaluated => ({
  kind: 'not-evaluated',
  message: `this is ${what}, which Trailkey does not evaluate: use AWS Config data, or the output of describe-trails and describe-key`,
  isError: 'outside-folders',
});

const OTHER: readonly {
  readonly matches: (value: JsonObject) => boolean;
  readonly result: NotEvaluated;
}[] = [
  {
    matches: (value) => has(value, 'ProductArn', 'GeneratorId'),
    result: exported('a finding in the AWS Security Finding Format (ASFF)'),
  },
  {
    matches: (value) => isProwler(value),
    result: exported('the output of Prowler'),
  },
  {
    matches: (value) =>
      has(value, '_ctx') ||
      has(value, 'sp_connection_name') ||
      (Array.isArray(value['columns']) && Array.isArray(value['rows'])) ||
      (has(value, 'group_id') && has(value, 'controls')),
    result: exported('the output of Steampipe'),
  },
  {
    matches: (value) => has(value, 'ConfigurationRecordersStatus') || has(value, 'ConfigurationRecorders'),
    result: {
      kind: 'not-evaluated',
      message:
        'the state of a configuration recorder contains no trail to evaluate: expected AWS Config data, or the output of describe-trails',
      isError: 'outside-folders',
    },
  },
  {
    matches: (value) => has(value, 'isLogging') && !has(value, 'trailARN'),
    result: {
      kind: 'not-evaluated',
      message: 'the output of get-trail-status is not used, because a verdict does not depend on it',
      isError: 'never',
    },
  },
];

const isProwler = (value: JsonObject): boolean => {
  const metadata = value['metadata'];
  const product = isJsonObject(metadata) ? metadata['product'] : undefined;
  return (
    (isJsonObject(product) && product['name'] === 'Prowler') ||
    (fieldOf(value, ['CheckID', 'CHECK_ID']) !== undefined &&
      fieldOf(value, ['StatusExtended', 'STATUS_EXTENDED']) !== undefined)
  );
};
