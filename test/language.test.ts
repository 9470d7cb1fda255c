import { describe, expect, it } from 'vitest';
import { filesBelow, textAt } from './support/project.js';

/** A word that no text contains, and what to write. `except` matches what comes before or after it where it is right. */
type Avoided = { readonly word: RegExp; readonly instead: string; readonly except?: RegExp };

const AVOIDED: readonly Avoided[] = [
  { word: /\bjudg(?:e[sd]?|ing|e?ments?)\b/i, instead: 'evaluate, evaluation', except: /naive-judge/ },
  {
    word: /\b(?:ask(?:s|ed|ing)? (?:for )?(?:the|each|every|its) keys?|keys? (?:is|are|was|were) (?:not )?asked)\b/i,
    instead: 'look up',
  },
  {
    word: /\bnam(?:es|ed|ing)? (?:a|no|the|its|another) (?:KMS )?keys?\b/i,
    instead: 'is configured with, has no KMS key',
  },
  { word: /\bwait(?:s|ing)? for deletion\b/i, instead: 'is pending deletion' },
  // A trail of the example has this name.
  { word: /\bdoomed\b/i, instead: 'scheduled for deletion', except: /doomed-key/ },
  { word: /\b(?:is|are) gone\b/i, instead: 'no longer exists' },
  { word: /\b(?:it|that|which|this) is none\b/i, instead: 'is not a …' },
  { word: /\btell(?:s|ing)?\b|\btold\b/i, instead: 'report, return' },
  { word: /\bhold(?:s|ing)?\b|\bheld\b/i, instead: 'contain' },
  { word: /\bfor ?ever\b/i, instead: 'permanently' },
  { word: /\bby now\b/i, instead: 'already' },
  { word: /\bmeanwhile\b/i, instead: 'in the meantime' },
  { word: /\bwho(?:so)?ever\b/i, instead: 'anyone who' },
  { word: /\bwho alone\b|\bwhat is not known\b/i, instead: 'only … can; unknown' },
  { word: /\bset aside\b/i, instead: 'cleared, reported' },
  { word: /\bmend(?:s|ed|ing)?\b/i, instead: 'fix' },
  { word: /\bturn(?:s|ed|ing)? back\b/i, instead: 'roll back' },
  { word: /\bbr(?:ing|ings|inging|ought) back\b/i, instead: 'restore' },
  { word: /\bwhole truth\b|\bthe matter\b/i, instead: 'complete; problem' },
  { word: /\bseen from elsewhere\b/i, instead: 'shadow trail, organization trail' },
  { word: /\bout of (?:your|their|our) hands\b/i, instead: 'you cannot change' },
  { word: /\bworst first\b/i, instead: 'highest severity first' },
  { word: /\bshuts? (?:CloudTrail )?out\b/i, instead: 'blocks CloudTrail' },
  // The changelog contains the former names of the JSON fields.
  { word: /unjudged/i, instead: 'not evaluated', except: /`(?:earlierU|u)njudged`/ },
];

const below = (folder: string, extension: string): readonly string[] =>
  filesBelow(folder).filter((path) => path.endsWith(extension));

/** All that people read: pages, templates, documents, scripts, reports, and the text and comments of the code. */
const READ_BY_PEOPLE = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'package.json',
  'serverless.yml',
  ...below('docs', '.md'),
  ...below('docs', '.json'),
  ...below('bench', '.md'),
  ...filesBelow('conformance-packs'),
  ...filesBelow('serverless'),
  ...filesBelow('cloudformation'),
  ...filesBelow('ssm-documents'),
  ...below('examples', '.md'),
  ...filesBelow('examples/queries'),
  ...['src', 'handlers', 'scripts', 'bench'].flatMap((folder) =>
    filesBelow(folder).filter((path) => /\.(?:ts|cjs|css|json|py)$/.test(path)),
  ),
  ...filesBelow('test/cli/golden'),
];

const avoidedIn = (text: string, { word, except }: Avoided): readonly string[] =>
  text
    .split('\n')
    .filter((line) => word.test(except ? line.replaceAll(new RegExp(except, 'g'), '') : line))
    .map((line) => line.trim().slice(0, 160));

describe('plain technical English', () => {
  it.each(READ_BY_PEOPLE)('%s', (path) => {
    const text = textAt(path);
    const found = AVOIDED.flatMap((avoided) =>
      avoidedIn(text, avoided).map((line) => `${line} → ${avoided.instead}`),
    );

    expect(found).toEqual([]);
  });

  it('finds a word that is avoided', () => {
    const lines = ['Trail a is judged.', 'The key waits for deletion.', 'A trail is named by the key.'];

    expect(lines.map((line) => AVOIDED.flatMap((avoided) => avoidedIn(line, avoided)).length)).toEqual([
      1, 1, 0,
    ]);
  });
});
