import type { ChangedParameter } from '../../core/changed-parameters.js';
import type { Comparison } from '../../core/comparison.js';

/** What has to be known to read a comparison right, in sentences: they hold text from outside. */
export const comparisonRemarks = (comparison: Comparison): readonly string[] => {
  const { changedParameters, earlierErrors, earlierUnjudged } = comparison;
  return [
    ...(earlierErrors > 0
      ? [
          `The earlier report has ${counted(earlierErrors, 'error')} and is not the whole truth: what is called new may have been there before.`,
        ]
      : []),
    ...(earlierUnjudged > 0
      ? [
          `The earlier report left ${counted(earlierUnjudged, 'trail')} unjudged: what is known of such a trail now is not called new.`,
        ]
      : []),
    ...(changedParameters.length > 0
      ? [
          `The rule's parameters are not those of the earlier report (${changedParameters.map(wordsFor).join('; ')}): a verdict that hangs on one ` +
            'of them is not called fixed, and may be new for that alone.',
        ]
      : []),
  ];
};

const wordsFor = ({ name, before, now }: ChangedParameter): string =>
  `${name} was ${before ?? 'not given'}, and is ${now ?? 'not given'}`;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
