import type { Finding } from '../../src/core/evaluate-trail.js';
import { createReport, type Report } from '../../src/core/report.js';
import type { WaiverEntry } from '../../src/core/waiver.js';
import { facts, findingOf, found, NOW, observed, trail } from './builders.js';

/** Names that try to act where they are shown, by what they try: each goes through every reporter. */
export const HOSTILE_NAMES: Readonly<Record<string, string>> = {
  'clears the screen': 'evil\u001b[2J\u001b]0;title\u0007',
  'uses an 8-bit control': '\u009b31mred',
  'ends the line': 'one\r\ntwo\nthree\u0085four',
  'ends the text': 'a\u0000b',
  'turns the direction of writing': 'txt.\u202eexe\u2066',
  hides: 'a\u200bb\u00adc\ufeffd',
  'ends the line of a script': 'a\u2028b\u2029c',
  'is half a pair': '\ud800x\udc00',
  'is no character': '\uffff\ufffe\u{1ffff}',
  'runs a script': '<script>alert(1)</script>',
  'runs when an image fails': '<img src=x onerror=alert(1)>',
  'leaves a quoted attribute': '"><svg onload=alert(1)>',
  'leaves an attribute in apostrophes': "' onmouseover='alert(1)",
  'ends CDATA': ']]><failure/><![CDATA[',
  'opens a comment': '<!-- ',
  'names an entity': '&lol;&#0;&amp;',
  'calls a program from a cell': "=cmd|' /C calc'!A0",
  'adds in a cell': '+1+1',
  'subtracts in a cell': '-1-1',
  'calls a function of a cell': '@SUM(A1)',
  'computes behind a tab': '\t=1+1',
  'computes behind a blank': ' =1+1',
  'computes with a full-width sign': '＝1+1',
  'refers with a full-width sign': '＠SUM(1)',
  'leaves its cell': '",=1+1,"',
  'leaves its cell where semicolons part them': "a;=cmd|' /C calc'!A0; @SUM(A1)",
  'leaves its cell where semicolons part them, quoted': 'a;"=1+1";+1',
  'ends a cell of a table': 'a|b',
  'ends a cell of a table, escaped': 'a\\|b\\',
  links: '[x](https://evil.example)',
  'links by itself': 'https://evil.example/ www.evil.example a@evil.example',
  'loads an image': '![x](https://evil.example/x.png)',
  'leaves a code span': '`a``b```c',
  'mentions behind a code span': '` @octocat `',
  mentions: '@octocat',
  'refers to an issue': '#1 GH-1',
  emphasises: '**a** _b_ ~~c~~',
  'makes a heading': '\n## heading\n',
  'makes a list': '- [ ] task',
  computes: '$x$ $`y`$',
  'closes a fold': '</details></summary>',
  'fills a placeholder': '{0} {{1}}',
  'links to another place of the log': '[x](0)',
  'leaves the folder': '../../etc/passwd',
  'is a folder above': '..',
  'leaves the folder, encoded': '%2e%2e%2f',
  'is another address': 'file:///etc/passwd',
  'is a property of all objects': '__proto__',
  'runs in a shell': '$(reboot) ; reboot',
  'runs in a template': '{{7*7}} \u0024{7*7}',
  'is wide': '監査ログ👩‍👩‍👧é',
  'is long': 'long-'.repeat(150),
  'is a blank': ' ',
};

/** A report in which a name stands wherever a text from outside can. */
export const hostileReport = (...names: readonly string[]): Report => {
  const findings = names.flatMap(findingsNamed);
  return createReport({
    version: '1.2.3',
    mode: 'offline',
    sources: names,
    evaluatedAt: NOW,
    parameters: Object.fromEntries(names.map((name) => ['kmsKeyArns', name])),
    observedTrails: names.map((name) =>
      observed({ trail: trail({ arn: `unseen-${name}`, homeRegion: name, ownerAccountId: name }) }),
    ),
    findings,
    notes: names,
    accountNames: new Map(names.map((name) => ['111122223333', name])),
    waivers: [...names.map(waiverNamed), ...names.map((name) => ({ entry: 1, problem: name }))],
    errors: names.map((name) => ({ source: name, message: name })),
  });
};

const waiverNamed = (name: string, index: number): WaiverEntry => ({
  entry: index + 1,
  waiver: {
    trailArn: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`,
    codes: ['NO_KMS_KEY'],
    reason: name,
    owner: name,
    expires: '2099-01-31',
  },
});

const findingsNamed = (name: string): readonly Finding[] => {
  const arn = `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`;
  const own = { resourceId: name, trail: trail({ arn, name, kmsKeyId: name }) };
  const elsewhere = { accountId: name, region: name };
  return [
    findingOf(facts({ observed: observed({ ...own, trail: { ...own.trail, kmsKeyId: undefined } }) })),
    findingOf(facts({ observed: observed(own), answer: { kind: 'missing', why: 'unknown' } })),
    findingOf(facts({ observed: observed(own), answer: found({ arn: name, state: name }) })),
    findingOf(facts({ observed: observed(own), answer: found({ arn: name, manager: name }) })),
    findingOf(facts({ observed: observed({ ...own, ...elsewhere }) })),
    findingOf(facts({ observed: observed({ ...own, ...elsewhere, absent: 'deleted' }) })),
  ];
};
