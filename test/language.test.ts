import { expect, it } from 'vitest';
import { filesBelow, textAt } from './support/project.js';

/** A word that readers of the AWS documentation do not expect, and what to write. `except` matches uses that are right. */
type Entry = {
  readonly avoid: RegExp;
  readonly write: string;
  readonly except?: readonly { readonly text: RegExp; readonly because: string }[];
};

const FORMER_FIELD = { text: /`(earlierU|u)njudged`/, because: 'the changelog names the former fields' };

/** A space in a pattern also matches the end of a line, with the start of the next line of a comment. */
const WORDS: readonly Entry[] = [
  { avoid: /(un)?judg(e[sd]?|ing|e?ments?)/, write: 'evaluate, evaluation', except: [FORMER_FIELD] },
  {
    avoid:
      /(ask(s|ed|ing)?|question(s|ed|ing)?) (the|a|its|each|that|this|every)? ?(keys?|KMS|CloudTrail|AWS)/,
    write: 'look up, call, request',
  },
  {
    avoid:
      /(keys?|KMS|CloudTrail|AWS|it|they|them) (is|are|was|were|be|been|can ?not be|may not be) (not )?asked/,
    write: 'is looked up, was not checked',
  },
  { avoid: /what (was|is|are|were) asked/, write: 'calls' },
  {
    avoid: /nam(es?|ed|ing) (a|no|the|its|another|that|this) (KMS )?keys?/,
    write: 'is configured with a key, has no KMS key',
  },
  { avoid: /(KMS|CloudTrail|AWS|Config) knows? (no|nothing|of)/, write: 'does not exist' },
  { avoid: /wait(s|ed|ing)? for (its )?deletion/, write: 'is pending deletion, is scheduled for deletion' },
  { avoid: /doomed/, write: 'is pending deletion' },
  { avoid: /(is|are|was|were) (long )?gone/, write: 'no longer exists, was deleted' },
  { avoid: /(?<!there )(is|are) none(?=[.,;)]| of)/, write: 'is not a …' },
  { avoid: /for ever|forever/, write: 'permanently' },
  { avoid: /by now/, write: 'already, now' },
  { avoid: /meanwhile/, write: 'in the meantime' },
  { avoid: /whoever|whomever/, write: 'anyone who' },
  { avoid: /who alone|which alone|where alone|(lets?|may|can) \w+ alone/, write: 'only' },
  { avoid: /not known to (us|anybody)|what is (not )?known of/, write: 'unknown, the facts about' },
  { avoid: /set(s|ting)? aside/, write: 'clear' },
  { avoid: /mend(s|ed|ing)?/, write: 'fix' },
  { avoid: /(turn|turns|turned|turning) (it |them |this |that |the \w+ )?back(?! to)/, write: 'roll back' },
  { avoid: /(bring|brings|brought|bringing) (it |them |this |that |the \w+ )?back/, write: 'restore' },
  { avoid: /whole truth|half the truth/, write: 'complete' },
  { avoid: /(what|which) is the matter/, write: 'problem' },
  { avoid: /from elsewhere/, write: 'shadow trail, organization trail' },
  {
    avoid:
      /copy of (a|the|an) (\w+ )?trail|copies of (\w+ )?trails|trails? (is|are) (a )?cop(y|ies)|only (as )?copies/,
    write: 'shadow trail',
  },
  { avoid: /out of (your|our|their) hands/, write: 'you cannot change' },
  { avoid: /the worst first|worst first/, write: 'highest severity first' },
  { avoid: /(shut|shuts|shutting) (\w+ )?out/, write: 'does not allow' },
  { avoid: /tell(s|ing)?|told/, write: 'report, return, contain' },
  { avoid: /hold(s|ing)?|held/, write: 'contain' },
  { avoid: /needs? work/, write: 'NON_COMPLIANT' },
  { avoid: /(looked|look|looks) at(?! (the|it|this|them))/, write: 'read, checked' },
  { avoid: /demand(s|ed|ing)|(?<!on |-)demand/, write: 'require' },
];
const ROOT_FILES = [
  '.ci/run',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'biome.json',
  'package.json',
  'serverless.yml',
  'stryker.config.json',
];
const FOLDERS = [
  ...['.github', 'bench', 'cloudformation', 'conformance-packs', 'docs', 'examples', 'handlers', 'scripts'],
  ...[
    'serverless',
    'src',
    'ssm-documents',
    'test/cli/__snapshots__',
    'test/cli/golden',
    'test/core/__snapshots__',
  ],
];
const FILES = [...ROOT_FILES, ...FOLDERS.flatMap(filesBelow)].filter(
  (path) => !/\.(gz|png)$|results\.json$/.test(path),
);

const LINE_END = String.raw`(?: |\s*\n\s*(?:(?:\*|//|#|>|-)\s)?)`;

const violationsIn = (path: string): readonly string[] => {
  const text = textAt(path);
  return WORDS.flatMap(({ avoid, write, except = [] }) => {
    const pattern = new RegExp(`(?<![a-z])(?:${avoid.source.replaceAll(' ', LINE_END)})(?![a-z])`, 'gi');
    return [...text.matchAll(pattern)]
      .filter(({ index, 0: found }) => {
        const around = text.slice(Math.max(0, index - 20), index + found.length + 20);
        return !except.some((exception) => exception.text.test(around));
      })
      .map(({ index, 0: found }) => {
        const line = text.slice(0, index).split('\n').length;
        return `${path}:${line}: "${found.replaceAll(/\s+/g, ' ')}". Write: ${write}.`;
      });
  });
};

it('all text that people read is written in the terms of the AWS documentation', () => {
  expect(FILES.flatMap(violationsIn)).toEqual([]);
});
