import { createHash } from 'node:crypto';
import { HtmlValidate } from 'html-validate';
import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../../src/cli/reporters/standards.js';
import type { Report } from '../../../src/core/report.js';
import { CATALOGUE, VERDICT_CODES } from '../../../src/core/verdict.js';
import { facts, findingOf, found, observed, reportOf, trail } from '../../support/builders.js';
import { exampleReport, shortReport } from '../../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-names.js';
import { render } from '../../support/render.js';
import { EXAMPLES } from '../../support/verdict-examples.js';

const page = (report: Report): Promise<string> => render('html', report);

/** The text of a part of a page, without its markup. */
const textOf = (html: string): string =>
  html
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(
      /&(lt|gt|quot|amp|#39);/g,
      (_, name) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[String(name)] ?? "'",
    )
    .replace(/\s+/g, ' ');

/** The section of a page with an id, to the next one. */
const section = (html: string, id: string): string => {
  const [, text = ''] =
    new RegExp(`<section id="${id}"([\\s\\S]*?)(?:<section id=|</main>)`).exec(html) ?? [];
  return text;
};

const rowsOf = (html: string): readonly string[] =>
  [...section(html, 'findings').matchAll(/<tr role="row" data-rank[\s\S]*?<\/tr>/g)].map(([row]) =>
    textOf(row),
  );

const reportWith = (findings: Report['findings']): Report => reportOf({ findings });

const inAccount = (accountId: string) =>
  findingOf(
    facts({
      observed: observed({
        accountId,
        trail: trail({
          ownerAccountId: accountId,
          arn: `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/audit`,
        }),
      }),
    }),
  );

describe('the HTML', () => {
  const validator = new HtmlValidate({
    root: true,
    extends: ['html-validate:standard'],
    // The table has explicit roles, because its rows are displayed as grids.
    rules: { 'no-redundant-role': 'off', 'long-title': 'off' },
  });

  it.each([
    ['the example', exampleReport],
    ['a report with errors', shortReport],
    ['a report without trails', async () => hostileReport()],
    ['hostile names', async () => hostileReport(...Object.values(HOSTILE_NAMES))],
  ])('is valid for %s', async (_, reportFor) => {
    const { results } = await validator.validateString(await page(await reportFor()));

    expect(
      results.flatMap(({ messages }) => messages.map(({ message, line }) => `${line}: ${message}`)),
    ).toEqual([]);
  });

  it('is rejected by the validator if it is invalid', async () => {
    const { valid } = await validator.validateString('<!doctype html><html lang="en"><p><div></p></html>');

    expect(valid).toBe(false);
  });
});

describe('text from outside', () => {
  const tagsIn = (html: string): readonly string[] => html.match(/<[/!a-z][a-z0-9]*/gi) ?? [];
  const attributesIn = (html: string) => new Set(html.match(/ [a-z:-]+=(?=")/gi));

  it.each(Object.entries(HOSTILE_NAMES))('adds no markup if a name %s', async (_, name) => {
    const hostile = await page(hostileReport(name));
    // A name that a shell interprets gets no commands.
    const harmless = /^[\w+=,.@:/-]+$/.test(name) ? '.' : '?';
    const plain = await page(hostileReport(name.replace(/[^,]/g, harmless)));

    expect(tagsIn(hostile)).toEqual(tagsIn(plain));
    expect(attributesIn(hostile)).toEqual(attributesIn(plain));
  });

  it('is shown as text', async () => {
    const text = textOf(await page(hostileReport('<script>alert("1")</script>')));

    expect(text).toContain('<script>alert("1")</script>');
  });
});

describe('the policy of the page', () => {
  const hashesOf = (html: string, tag: string) =>
    [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))].map(
      ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
    );

  it('allows one style sheet and one script, and nothing else', async () => {
    const html = await page(await exampleReport());

    const [, policy = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html) ?? [];
    const directives = policy.replaceAll('&#39;', "'").split('; ');
    expect(directives).toEqual([
      "default-src 'none'",
      `style-src ${hashesOf(html, 'style')[0]}`,
      `script-src ${hashesOf(html, 'script')[0]}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect([hashesOf(html, 'style').length, hashesOf(html, 'script').length]).toEqual([1, 1]);
  });

  it('comes before everything that it applies to', async () => {
    const html = await page(await exampleReport());

    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.search(/<(link|style|script)/));
  });

  it('blocks nothing in the page: no attribute has styles, scripts, or loads', async () => {
    const html = await page(await exampleReport());

    expect(html).not.toMatch(/ (style|src|srcset|on[a-z]+|action|background|poster)="/);
    expect(html).not.toMatch(/@import|url\(/);
    expect(html.match(/<(link|img|iframe|object|embed|base|use|image|audio|video)\b[^>]*>/g)).toEqual([
      '<link rel="icon" href="data:,">',
    ]);
  });

  it('allows external links, which send no referrer', async () => {
    const html = await page(await exampleReport());

    const links = [...html.matchAll(/<a [^>]*href="([^"]*)"[^>]*>/g)].filter(
      ([, href]) => !href?.startsWith('#'),
    );
    expect(links.length).toBeGreaterThan(0);
    for (const [tag, href] of links) {
      expect(href).toMatch(/^https:\/\//);
      expect(tag).toContain('rel="noopener noreferrer"');
    }
  });
});

describe('the order of the page', () => {
  it('is the summary, the findings, the numbers, the verdicts', async () => {
    const ids = [...(await page(await exampleReport())).matchAll(/<section id="([^"]*)"/g)].map(
      ([, id]) => id,
    );

    expect(ids).toEqual(['summary', 'findings', 'numbers', 'verdicts', 'standards', 'method']);
  });

  it('has the same links at its top', async () => {
    const html = await page(await exampleReport());

    const links = [...(/<nav[\s\S]*?<\/nav>/.exec(html)?.[0].matchAll(/href="#([^"]*)"/g) ?? [])].map(
      ([, id]) => id,
    );
    expect(links).toEqual(['summary', 'findings', 'numbers', 'verdicts', 'standards', 'method']);
  });
});

describe('the table', () => {
  it('contains the commands that fix a finding, and the days until a key is deleted', async () => {
    const report = reportWith([findingOf(EXAMPLES.KEY_PENDING_DELETION)]);

    const html = section(await page(report), 'findings');

    const commands = report.findings[0]?.commands ?? [];
    expect(commands.length).toBeGreaterThan(1);
    expect(html).toContain(`<pre><code>${commands.join('\n').replaceAll("'", '&#39;')}</code></pre>`);
    expect(textOf(html)).toContain('Deletion in 7 days. Key');
    expect(textOf(html)).toContain('Deletion date 2026-01-12T');
  });

  it('marks accepted risks, which have no next step in the summary', async () => {
    const waiver = { reason: 'Test account', owner: 'ops', expires: '2026-02-01' };
    const report = reportWith([
      { ...findingOf(EXAMPLES.KEY_DISABLED), waiver },
      findingOf(EXAMPLES.NO_KMS_KEY),
    ]);

    const html = await page({ ...report, summary: { ...report.summary, waived: 1 } });

    expect(rowsOf(html)[0]).toMatch(
      /NON_COMPLIANT HIGH accepted risk KEY_DISABLED .* Accepted risk until 2026-02-01, by ops: Test account\. /,
    );
    expect(rowsOf(html)[1]).not.toContain('ccepted risk');
    const summary = textOf(section(html, 'summary'));
    expect(summary).toContain('The risk of 1 NON_COMPLIANT finding is accepted by waivers.');
    expect(summary).toMatch(/Next steps.*NO_KMS_KEY.*Evaluated trails/);
    expect(summary).not.toMatch(/Next steps.*KEY_DISABLED.*Evaluated trails/);
    expect(textOf(section(html, 'findings'))).toContain('Risk All Open Accepted');
    expect(
      textOf(section(await page(reportWith([findingOf(EXAMPLES.NO_KMS_KEY)])), 'findings')),
    ).not.toContain('Accepted');
  });

  it('contains the name of an account, as the filter and the numbers do', async () => {
    const finding = { ...findingOf(EXAMPLES.KEY_DISABLED), accountName: '<payments>' };

    const html = await page(reportWith([finding]));

    expect(rowsOf(html)[0]).toContain(' 111122223333 <payments> eu-west-1 ');
    expect(textOf(section(html, 'findings'))).toContain('Account All 111122223333 <payments> Region');
    expect(textOf(section(html, 'summary'))).toContain('111122223333 <payments> 1 of 1');
    expect(textOf(section(html, 'numbers'))).toContain(
      'Account Name HIGH MEDIUM LOW COMPLIANT NOT_APPLICABLE Total 111122223333 <payments> 1 0',
    );
  });

  it('contains each finding with its verdict, account, Region, message, and details', async () => {
    const report = await exampleReport();

    const rows = rowsOf(await page(report));

    expect(rows).toHaveLength(report.findings.length);
    for (const { accountId, region, trailName, trailArn, code, compliance, message } of report.findings) {
      const row =
        rows.find((text) => text.includes(trailArn) && text.includes(` ${accountId} ${region} `)) ?? '';
      for (const fact of [compliance, code, trailName, message]) {
        expect(row).toContain(fact);
      }
    }
  });

  it('begins with the highest severity', async () => {
    const html = await page(reportWith(VERDICT_CODES.map((code) => findingOf(EXAMPLES[code]))));

    const ranks = [...html.matchAll(/data-rank="(\d)"/g)].map(([, rank]) => Number(rank));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    expect(new Set(ranks).size).toBe(5);
  });

  it('comes in pieces, so that a large report is not in memory twice', async () => {
    const { renderHtml } = await import('../../../src/cli/reporters/html.js');
    const report = reportWith(
      Array.from({ length: 1000 }, (_, index) => inAccount(String(100_000_000_000 + index))),
    );

    expect([...renderHtml(report, { columns: 80, color: false })].length).toBeGreaterThan(1000);
  });
});

describe('the verdicts', () => {
  it.each(VERDICT_CODES)('%s is explained if it occurs', async (code) => {
    const text = textOf(section(await page(reportWith([findingOf(EXAMPLES[code])])), 'verdicts'));

    for (const heading of ['What it means', 'Why it matters', 'How to fix', 'Exceptions']) {
      expect(text).toContain(heading);
    }
    expect(text).toContain(CATALOGUE[code].meaning);
  });

  it('are explained only if they occur, and links have a target', async () => {
    const html = await page(await shortReport());

    expect(html).not.toContain('id="verdict-KEY_DISABLED"');
    for (const [, id] of html.matchAll(/href="#([^"]*)"/g)) expect(html).toContain(`id="${id}"`);
  });

  it('keep the lines of their commands', async () => {
    const html = await page(reportWith([findingOf(EXAMPLES.KEY_DISABLED)]));

    expect(html).toMatch(/<pre><code>aws kms enable-key [^\n]*\naws kms describe-key [^\n]*<\/code><\/pre>/);
  });

  it('have the values of the finding in their commands if there is only one', async () => {
    const finding = findingOf(EXAMPLES.KEY_DISABLED);
    const commands = `aws kms enable-key --key-id ${finding.key?.arn} --region eu-west-1\naws kms describe-key`;

    const one = section(await page(reportWith([finding])), 'verdicts');
    const two = section(await page(reportWith([finding, inAccount('444455556666')])), 'verdicts');
    const same = section(await page(reportWith([finding, finding])), 'verdicts');

    expect(one).toContain(`<pre><code>${commands}`);
    expect(one).toContain('<pre class="template"><code>trailkey remediate arn:aws:cloudtrail:');
    expect(two).toContain(`<pre><code>${commands}`);
    expect(same).toContain(
      '<pre class="template"><code>aws kms enable-key --key-id KEY_ARN --region KEY_REGION',
    );
  });

  it('keep the placeholders for values that a shell interprets', async () => {
    const finding = { ...findingOf(EXAMPLES.KEY_DISABLED), homeRegion: '$(reboot)' };

    const text = section(await page(reportWith([finding])), 'verdicts');

    expect(text).toContain('--region HOME_REGION');
    expect(text).not.toContain('reboot');
  });

  it('that no standard requires come after the others, and are named as such', async () => {
    const html = await page(
      reportWith([EXAMPLES.KEY_POLICY_BLOCKS_CLOUDTRAIL, EXAMPLES.NO_KMS_KEY].map(findingOf)),
    );

    const text = textOf(section(html, 'verdicts'));
    expect(text).toMatch(/NO_KMS_KEY.*Own rule parameters.*KEY_POLICY_BLOCKS_CLOUDTRAIL NON_COMPLIANT/);
    expect(textOf(section(html, 'summary'))).toMatch(
      /1 NON_COMPLIANT finding belongs to the control in the standards ?, and 1 only to your own rule parameters\./,
    );
    expect(rowsOf(html)[0]).toMatch(/^ *NON_COMPLIANT HIGH own parameter/);
    expect(rowsOf(html)[1]).not.toContain('own parameter');
    expect(textOf(await page(reportWith([findingOf(EXAMPLES.NO_KMS_KEY)])))).not.toContain(
      'wn rule parameters',
    );
  });
});

describe('the summary', () => {
  it('counts by verdict, account, and Region, NOT_APPLICABLE findings included', async () => {
    const report = await exampleReport();

    const text = textOf(section(await page(report), 'numbers'));

    expect(text).toContain('Findings by account');
    for (const accountId of new Set(report.findings.map((finding) => finding.accountId))) {
      const all = report.findings.filter((finding) => finding.accountId === accountId).length;
      expect(text).toMatch(new RegExp(`${accountId} (\\d+ ){5}${all}\\b`));
    }
  });

  it('draws at most sixteen bars, and says how many there are', async () => {
    const accounts = (amount: number) =>
      page(
        reportWith(Array.from({ length: amount }, (_, index) => inAccount(String(100_000_000_000 + index)))),
      );

    expect(await accounts(16)).not.toContain('The chart shows');
    expect(textOf(await accounts(18))).toContain('The chart shows 16 of 18. All numbers are in tables.');
  });

  it('draws no bar for NOT_APPLICABLE findings', async () => {
    const html = await page(reportWith([findingOf(EXAMPLES.SHADOW_TRAIL)]));

    expect(html).not.toContain('<svg');
    expect(textOf(html)).toContain('No trail was evaluated');
  });

  it.each([
    ['No CloudTrail trail was found.', []],
    ['1 of 1 trail is COMPLIANT.', [EXAMPLES.CMK_USABLE]],
    ['1 of 2 trails is NON_COMPLIANT.', [EXAMPLES.CMK_USABLE, EXAMPLES.KEY_DISABLED]],
    ['2 of 2 trails are NON_COMPLIANT.', [EXAMPLES.NO_KMS_KEY, EXAMPLES.KEY_DISABLED]],
  ])('has the conclusion: %s', async (sentence, examples) => {
    expect(textOf(await page(reportWith(examples.map(findingOf))))).toContain(sentence);
  });
});

describe('the method', () => {
  it('contains the time, the tool, the sources, and the parameters', async () => {
    const text = textOf(section(await page(await exampleReport()), 'method'));

    for (const fact of [
      '2026-01-05T12:00:00.000Z',
      'Trailkey 1.2.3',
      'cloudtrail-cmk-usable',
      'examples/organization',
    ]) {
      expect(text).toContain(fact);
    }
    expect(text).toContain('keyMaterialExpiryDays 30');
    expect(text).toContain('arn:aws:kms:us-east-1:111122223333:key/mrk-22222222222222222222222222222222');
  });

  it('begins with a notice that the report is incomplete', async () => {
    const text = textOf(await page(await shortReport()));

    const notice = text.indexOf('This report is incomplete');
    expect(notice).toBeGreaterThan(0);
    expect(notice).toBeLessThan(text.indexOf('Executive summary'));
    expect(text).toContain('snapshots/cut.json The text ends in the middle, at byte 4096.');
    expect(text).toContain(
      'arn:aws:cloudtrail:eu-west-1:555566667777:trail/audit It is an organization trail of account 555566667777',
    );
    expect(textOf(await page(await exampleReport()))).not.toContain('incomplete');
  });

  it('gives the reasons why the report is incomplete', async () => {
    const { errors, notEvaluated, ...rest } = await shortReport();

    const failed = textOf(await page({ ...rest, errors, notEvaluated: [] }));
    const skipped = textOf(await page({ ...rest, errors: [], notEvaluated }));

    expect(failed).toContain('1 error occurred');
    expect(failed).not.toContain('1 trail was not evaluated.');
    expect(skipped).toContain('1 trail was not evaluated.');
    expect(skipped).not.toContain('error occurred.');
  });

  it('lists the controls of the standards, with the links of docs/controls.md', async () => {
    const html = section(await page(await exampleReport()), 'standards');

    for (const { numbers } of CONTROLS) for (const number of numbers) expect(textOf(html)).toContain(number);
    expect(html).toContain('href="https://docs.aws.amazon.com/securityhub/');
    expect(textOf(html)).toContain('No other mapping is claimed.');
  });
});

it.each([
  ['a report without trails', hostileReport()],
  ['a report of a shadow trail', reportWith([findingOf(EXAMPLES.SHADOW_TRAIL)])],
])('has no broken link in %s', async (_, report) => {
  const html = await page(report);

  for (const [, id] of html.matchAll(/href="#([^"]*)"/g)) expect(html).toContain(`id="${id}"`);
});

it('says when AWS Config recorded the data', async () => {
  const recorded = { oldest: '2026-01-01T00:00:00.000Z', newest: '2026-01-02T00:00:00.000Z' };

  const text = textOf(await page({ ...(await shortReport()), recorded } as Report));

  expect(text).toContain('Data as of January 1, 2026, 00:00 UTC or later');
  expect(text).toContain(
    'recorded the oldest data on January 1, 2026, 00:00 UTC and the newest on January 2, 2026, 00:00 UTC',
  );
});

it('lists every rule parameter, with the default where it was not given', async () => {
  const parameters = { checkKeyPolicy: 'true', unverifiableKey: '' };

  const text = textOf(section(await page({ ...(await shortReport()), parameters }), 'method'));

  expect(text).toContain(
    'kmsKeyArns any key (default) keyVerification the recorded keys, without a call to AWS KMS unverifiableKey NON_COMPLIANT (default) organizationTrails owner ' +
      '(default) checkKeyPolicy true requireKeyRotation false (default) keyMaterialExpiryDays 0 (default)',
  );
});

it('says that it covers only the accounts and Regions in its sources', async () => {
  const text = textOf(section(await page(await exampleReport()), 'method'));

  expect(text).toContain('This report covers only the accounts and Regions in its sources.');
});

describe('a comparison', () => {
  const absent = { accountId: '111122223333', region: 'eu-west-1', trailArn: 'arn', worse: false };
  const comparison = {
    since: '2025-12-01T08:00:00.000Z',
    new: [{ ...absent, trailName: 'fresh', codeBefore: null, codeNow: 'KEY_DISABLED' }],
    changed: [
      { ...absent, trailName: 'other', codeBefore: 'NO_KMS_KEY', codeNow: 'KEY_DISABLED', worse: true },
    ],
    changedParameters: [{ name: 'checkKeyPolicy', before: '<i>', now: null }],
    earlierErrors: 1,
    earlierNotEvaluated: 2,
    notEvaluatedBefore: [{ ...absent, trailName: 'hidden', codeBefore: null, codeNow: 'KEY_DISABLED' }],
    stillOpen: [],
    fixed: [],
    notEvaluatedNow: [{ ...absent, trailName: '<b>', codeBefore: 'NO_KMS_KEY', codeNow: null }],
  };

  it('with an earlier report lists the trails by status', async () => {
    const report = { ...(await shortReport()), comparison };

    const text = textOf(section(await page(report), 'comparison'));

    expect(text).toContain('compared with the report of December 1, 2025, 08:00 UTC');
    expect(text).toContain('fresh 111122223333 eu-west-1 compliant or unknown KEY_DISABLED');
    expect(text).toContain('The earlier report has 1 error and is incomplete:');
    expect(text).toContain('The earlier report did not evaluate 2 trails:');
    expect(text).toContain('(checkKeyPolicy: <i> before, not set now)');
    expect(text).toContain('Not evaluated before: 1 trail');
    expect(text).toContain('other 111122223333 eu-west-1 NO_KMS_KEY KEY_DISABLED (higher severity)');
    expect(text).toContain('<b> 111122223333 eu-west-1 NO_KMS_KEY not in this report');
    expect(text).not.toContain('Fixed: ');
    expect(await page(report)).toContain('<a href="#comparison">');
  });

  it('escapes the time of the earlier report', async () => {
    const report = { ...(await shortReport()), comparison: { ...comparison, since: '<i>' } };

    expect(await page(report)).toContain('the report of &lt;i&gt;.');
  });

  it('is absent without an earlier report', async () => {
    expect(section(await page(await shortReport()), 'comparison')).toBe('');
  });
});

it('shows the ARN of the key if the trail has another identifier', async () => {
  const finding = findingOf(
    facts({ observed: observed({ trail: trail({ kmsKeyId: 'alias/audit' }) }), answer: found() }),
  );

  expect(rowsOf(await page(reportWith([finding])))[0]).toMatch(
    /KMS key of the trail alias\/audit Key ARN arn:aws:kms:/,
  );
});
