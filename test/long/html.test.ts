import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReport, type Report } from '../../src/core/report.js';
import { clipboardOf, expandAll, openFile, startChromium, violationsIn } from '../support/browser.js';
import { facts, findingOf, found, NOW, observed, trail } from '../support/builders.js';
import { exampleReport, shortReport } from '../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../support/hostile-names.js';
import { render } from '../support/render.js';

let browser: Browser;
let folder: string;

beforeAll(async () => {
  [browser, folder] = await Promise.all([startChromium(), mkdtemp(join(tmpdir(), 'trailkey-html-'))]);
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

/** Writes a report to a file and returns its path. */
const fileOf = async (name: string, report: Report): Promise<string> => {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, await render('html', report));
  return file;
};

const open = async (report: Report, options = {}) =>
  openFile(browser, await fileOf(`report-${Math.random()}`, report), options);

const MANY = 10_000;

const manyFindings = (): Report =>
  createReport({
    version: '1.2.3',
    mode: 'offline',
    sources: ['snapshots'],
    evaluatedAt: NOW,
    parameters: {},
    observedTrails: [],
    errors: [],
    findings: Array.from({ length: MANY }, (_, index) => {
      const accountId = String(100_000_000_000 + (index % 400));
      const name = `trail-${String(index).padStart(5, '0')}`;
      const arn = `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/${name}`;
      const own = trail({ arn, name, ownerAccountId: accountId });
      return findingOf(
        facts({
          observed: observed({ accountId, resourceId: name, trail: own }),
          answer: found({ state: index % 3 === 0 ? 'Disabled' : 'Enabled' }),
        }),
      );
    }),
  });

const shownNames = (page: Page): Promise<readonly string[]> =>
  page.locator('#table tbody tr:visible th').allTextContents();

const statusOf = (page: Page) => page.locator('#shown').textContent();

const toHaveStatus = (page: Page, text: RegExp) => expect.poll(() => statusOf(page)).toMatch(text);

describe('the table', () => {
  it('can be filtered by text and lists, and shows the number of findings', async () => {
    const report = await exampleReport();
    const { page, remarks } = await open(report);
    const all = report.findings.length;

    await page.getByLabel('Search', { exact: true }).fill('KEY_DISABLED  disabled-KEY');
    await toHaveStatus(page, new RegExp(`^1 of ${all} findings, `));
    expect(await shownNames(page)).toEqual(['disabled-key']);

    await page.getByRole('button', { name: 'Clear filters' }).click();
    await toHaveStatus(page, new RegExp(`^${all} findings, `));
    await page.getByLabel('Result', { exact: true }).selectOption('COMPLIANT');
    await page.getByLabel('Region', { exact: true }).selectOption('us-gov-west-1');
    await toHaveStatus(page, /^1 of /);
    expect(await shownNames(page)).toEqual(['gov-audit']);

    await page.getByLabel('Account', { exact: true }).selectOption('111122223333');
    await toHaveStatus(page, /^0 of /);
    expect(await page.getByText('No findings match.').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Show all findings' }).click();
    await toHaveStatus(page, new RegExp(`^${all} findings, `));
    expect(await page.getByText('No findings match.').isVisible()).toBe(false);
    expect(remarks).toEqual([]);
  });

  it.each([
    ['Severity', 'severity'],
    ['Result', 'compliance'],
    ['Verdict', 'code'],
    ['Account', 'accountId'],
    ['Region', 'region'],
    ['Required by', 'standard'],
  ] as const)('has all findings of each %s', async (label, field) => {
    const report = await exampleReport();
    const { page } = await open(report);
    const values = report.findings
      .map((finding) => finding[field])
      .filter((value) => value !== 'INFORMATIONAL');

    for (const value of new Set(values)) {
      await page.getByLabel(label, { exact: true }).selectOption(value);
      const amount = values.filter((other) => other === value).length;
      await toHaveStatus(page, new RegExp(`^${amount} of `));
    }
  });

  it('can be sorted by its headings in both directions, and says so', async () => {
    const report = await exampleReport();
    const { page } = await open(report);
    const head = page.getByRole('columnheader', { name: 'Trail' });
    const result = page.getByRole('columnheader', { name: 'Result' });
    expect(await result.getAttribute('aria-sort')).toBe('descending');

    await head.getByRole('button').click();
    const ascending = await shownNames(page);
    expect([await head.getAttribute('aria-sort'), await result.getAttribute('aria-sort')]).toEqual([
      'ascending',
      'none',
    ]);
    expect(await statusOf(page)).toMatch(/sorted by Trail, ascending$/);
    await head.getByRole('button').click();

    expect(ascending).toEqual(report.findings.map(({ trailName }) => trailName).toSorted());
    expect(await shownNames(page)).toEqual(ascending.toReversed());
    expect(await head.getAttribute('aria-sort')).toBe('descending');
  });

  it('links to the verdicts, and is filtered by them', async () => {
    const { page } = await open(await exampleReport());

    await page.locator('#table').getByRole('link', { name: 'KEY_DISABLED' }).click();
    await expect.poll(() => page.getByText('Find out who disabled the key').isVisible()).toBe(true);
    await page.getByRole('link', { name: 'Show the finding in the table' }).locator('visible=true').click();

    await toHaveStatus(page, /^1 of /);
    expect(await shownNames(page)).toEqual(['disabled-key']);
  });

  it('is filtered by the bars and the numbers', async () => {
    const { page } = await open(await exampleReport());
    const click = async (area: string, name: string | RegExp) =>
      page.locator(area).getByRole('link', { name, exact: true }).first().click();

    await click('#by-account', '444455556666 8 of 9');
    await toHaveStatus(page, /^11 of 26 /);
    await click('#summary', '8 HIGH');
    await toHaveStatus(page, /^8 of 26 /);
    expect(await page.getByLabel('Severity', { exact: true }).inputValue()).toBe('HIGH');
    await click('.totals', '7');
    await toHaveStatus(page, /^7 of 26 /);
    await click('#by-code', /^KEY_DISABLED/);
    expect(await shownNames(page)).toEqual(['disabled-key']);
    await page
      .getByRole('row', { name: /^777788889999/ })
      .getByRole('link')
      .first()
      .click();

    await toHaveStatus(page, /^3 of 26 /);
    expect(await page.getByLabel('Account', { exact: true }).inputValue()).toBe('777788889999');
  });

  it('is filtered by accepted risks', async () => {
    const report = await exampleReport();
    const waiver = { reason: 'Test account.', owner: 'ops', expires: '2026-02-01' };
    const findings = report.findings.map((one) => (one.code === 'NO_KMS_KEY' ? { ...one, waiver } : one));
    const { page } = await open({ ...report, findings, summary: { ...report.summary, waived: 1 } });

    await page.getByRole('link', { name: '1 NON_COMPLIANT finding', exact: true }).click();

    await toHaveStatus(page, /^1 of 26 /);
    expect(await page.locator('#table tbody tr:visible').textContent()).toContain(
      'Accepted risk until 2026-02-01, by ops: Test account.',
    );
  });
});

describe('the commands of a finding', () => {
  const COMMANDS = [
    'aws kms enable-key --key-id arn:aws:kms:eu-west-1:444455556666:key/77777777-7777-4777-8777-777777777777 --region eu-west-1',
    "aws cloudtrail get-trail-status --name arn:aws:cloudtrail:eu-west-1:444455556666:trail/disabled-key --region eu-west-1 --query '[IsLogging,LatestDeliveryTime,LatestDeliveryError]'",
  ].join('\n');

  const openedFinding = async (options = {}) => {
    const opened = await open(await exampleReport(), options);
    const row = opened.page.getByRole('row', { name: 'disabled-key' });
    await row.getByText('Commands', { exact: true }).click();
    return { ...opened, row };
  };

  it('are copied', async () => {
    const { page, row, remarks } = await openedFinding({
      permissions: ['clipboard-read', 'clipboard-write'],
    });

    await row.getByRole('button', { name: 'Copy' }).click();

    await expect.poll(() => row.getByRole('status').textContent()).toBe('Copied');
    expect(await clipboardOf(page)).toBe(COMMANDS);
    expect(remarks).toEqual([]);
  });

  it('are copied without access to the clipboard', async () => {
    const { page, row } = await openedFinding({ permissions: ['clipboard-read'] });
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('not here'))");

    await row.getByRole('button', { name: 'Copy' }).click();

    await expect.poll(() => row.getByRole('status').textContent()).toBe('Copied');
    expect(await clipboardOf(page)).toBe(COMMANDS);
  });

  it('are copied from a verdict, but not with words that the reader replaces', async () => {
    const { page } = await open(await exampleReport());
    await expandAll(page);

    const copied = page.locator('#verdicts .block');
    await expect.poll(() => copied.count()).toBeGreaterThan(10);

    expect((await copied.allTextContents()).join('\n')).not.toMatch(/\b[A-Z]+_(ARN|REGION|NAME|ID)\b/);
    expect(await page.locator('#verdicts pre.template').count()).toBeGreaterThan(0);
  });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each([1280, 800, 320])('at %i pixels, has no accessibility violations', async (width) => {
    const { page, remarks } = await open(await shortReport(), {
      colorScheme,
      viewport: { width, height: 900 },
    });

    const closed = await violationsIn(page);
    await expandAll(page);

    expect(closed).toEqual([]);
    expect(await violationsIn(page)).toEqual([]);
    expect(remarks).toEqual([]);
  });
});

describe.each([320, 400, 800, 1280, 2000])('at %i pixels', (width) => {
  it.each([
    ['the example', exampleReport],
    ['hostile names', async () => hostileReport(...Object.values(HOSTILE_NAMES))],
  ])('the page of %s is not wider, with everything expanded', async (_, reportFor) => {
    const { page, remarks } = await open(await reportFor(), { viewport: { width, height: 900 } });

    await expandAll(page);

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(remarks).toEqual([]);
  });
});

it('can be used with the keyboard', async () => {
  const { page } = await open(await shortReport());
  const focused = () =>
    page.evaluate("document.activeElement.getAttribute('name') ?? document.activeElement.textContent.trim()");
  const press = async (key: string, times = 1) => {
    for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
  };

  await press('Tab');
  expect(await focused()).toBe('Skip to the findings');
  await press('Enter');
  await press('Tab');
  expect(await focused()).toBe('text');
  await page.keyboard.type('shadow_trail');
  await toHaveStatus(page, /^1 of /);
  await press('Tab', 7);
  expect(await focused()).toBe('Clear filters');
  await press('Enter');
  await toHaveStatus(page, /^7 findings/);
  await press('Tab', 2);
  expect(await focused()).toBe('Verdict');
  await press('Space');
  expect(await statusOf(page)).toMatch(/sorted by Verdict, ascending$/);
  await press('Tab', 4);
  expect(await focused()).toBe('CMK_USABLE');
  await press('Tab');
  expect(await focused()).toBe('Details');
  await press('Enter');
  expect(await page.locator('#table details[open]').count()).toBe(1);
});

it('shows the focus on every element that can have it', async () => {
  const { page } = await open(await shortReport());

  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(
      "[getComputedStyle(document.activeElement)].map((style) => style.outlineStyle + ' ' + style.outlineWidth).join()",
    );
    expect(outline).toBe('solid 3px');
  }
});

it('is complete without its script', async () => {
  const report = await exampleReport();
  const { page, remarks } = await open(report, { javaScriptEnabled: false });

  expect(await page.locator('#table tbody tr').count()).toBe(report.findings.length);
  expect(await page.locator('#filters').isVisible()).toBe(false);
  expect(await page.locator('#table thead button').count()).toBe(0);
  expect(await page.locator('.bars a').count()).toBe(22);
  await page.locator('summary', { has: page.getByText('KEY_DISABLED', { exact: true }) }).click();
  expect(await page.getByText('Find out who disabled the key').isVisible()).toBe(true);
  expect(remarks).toEqual([]);
});

it('runs and loads nothing, with hostile names', async () => {
  const { page, remarks } = await open(hostileReport(...Object.values(HOSTILE_NAMES)));

  await page.waitForLoadState('networkidle');
  await page.evaluate(
    "document.querySelectorAll('*').forEach((element) => element.dispatchEvent(new Event('mouseover')))",
  );

  expect(remarks).toEqual([]);
});

it('blocks scripts and requests with its policy', async () => {
  const { page, remarks } = await open(await shortReport());

  await page.evaluate(
    `document.body.insertAdjacentHTML('beforeend', '<img src="https://example.com/x.png" onerror="alert(1)">')`,
  );

  await expect.poll(() => remarks.join('\n')).toContain('Content Security Policy');
  expect(remarks.filter((remark) => /^(request|dialog)/.test(remark))).toEqual([]);
});

const printed = async (page: Page, name: string): Promise<string> => {
  const file = join(folder, `${name}.pdf`);
  await page.pdf({ path: file, preferCSSPageSize: true });
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8', maxBuffer: 1e9 });
};

describe('on paper', () => {
  it('has everything, including collapsed and filtered content, and no controls', async () => {
    const report = await exampleReport();
    const { page } = await open(report, { colorScheme: 'dark' });
    await page.getByLabel('Search', { exact: true }).fill('nothing holds this');
    await toHaveStatus(page, /^0 of /);

    const text = await printed(page, 'example');

    const words = text.replace(/\s+/g, '');
    for (const { trailArn, trailName } of report.findings) {
      expect(words).toContain(trailName);
      expect(words).toContain(trailArn.slice(0, 'arn:aws:cloudtrail:'.length));
    }
    expect(words).toContain('awskmsenable-key--key-idarn:aws:kms:eu-west-1:444455556666:key/7777');
    expect(text).toContain('Findings by account');
    expect(text).not.toContain('Copy\n');
    expect(text).not.toContain('Clear filters');
    expect(text.match(/Result +Verdict +Account +Region +Trail +Finding/g)?.length).toBeGreaterThan(2);
  });
});

describe('on paper, the first finding', () => {
  const pageOf = (text: string, name: string) =>
    text.split('\f').findIndex((page) => page.replace(/\s+/g, '').includes(name)) + 1;

  it.each([
    ['the example', exampleReport],
    ['a report with errors', shortReport],
  ])('of %s is on page 2, after the executive summary', async (_, reportFor) => {
    const { page } = await open(await reportFor());

    const text = await printed(page, 'first');

    expect(text.split('\f')[0]).toContain('Executive summary');
    expect(text.split('\f')[0]).toContain('By account');
    expect(pageOf(text, 'pending-deletionDeletionin')).toBe(2);
  });

  it(`of ${MANY} findings in 400 accounts is on page 2`, async () => {
    const { page } = await open(manyFindings());

    expect(pageOf(await printed(page, 'first-of-many'), 'trail-00000Key')).toBe(2);
  });
});

it('is whole in a screenshot', async () => {
  const { page } = await open(await exampleReport());

  const hidden = await page.evaluate(
    "[...document.querySelectorAll('#table td')].filter((cell) => !cell.checkVisibility({ contentVisibilityAuto: true })).length",
  );

  expect(hidden).toBe(0);
});

describe(`with ${MANY} findings`, () => {
  it('can be rendered, opened, filtered, sorted, and printed', async () => {
    const { page, remarks } = await open(manyFindings());

    await page.getByLabel('Search', { exact: true }).fill('trail-0999');
    await toHaveStatus(page, /^10 of 10,000 findings/);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('columnheader', { name: 'Trail' }).getByRole('button').click();
    await toHaveStatus(page, /^10,000 findings, sorted by Trail/);
    const [first] = await shownNames(page);
    const text = await printed(page, 'many');

    expect(first).toBe('trail-00000');
    expect(new Set(text.match(/(?<=^ .* )trail-\d{5}(?= )/gm)).size).toBe(MANY);
    expect(remarks).toEqual([]);
  });

  it('has pages of 200 rows', async () => {
    const { page } = await open(manyFindings());
    const next = page.getByRole('button', { name: 'Next page' });
    const previous = page.getByRole('button', { name: 'Previous page' });
    const rows = page.locator('#table tbody tr:visible');

    expect([await rows.count(), await previous.isDisabled()]).toEqual([200, true]);
    await next.click();
    await expect.poll(() => page.locator('#pages').textContent()).toContain('201 to 400 of 10,000');
    await page.getByLabel('Search', { exact: true }).fill('trail-000');
    await toHaveStatus(page, /^100 of 10,000 findings/);

    expect([await rows.count(), await page.locator('#pages').isVisible()]).toEqual([100, false]);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByLabel('Search', { exact: true }).fill('trail-00');
    await toHaveStatus(page, /^1,000 of 10,000 findings/);
    for (let step = 0; step < 4; step += 1) await next.click();
    expect(await page.locator('#pages').textContent()).toContain('801 to 1,000 of 1,000');
    expect([await next.isDisabled(), await previous.isDisabled()]).toEqual([true, false]);
    await previous.click();
    expect(await page.locator('#pages').textContent()).toContain('601 to 800 of 1,000');
  });

  it('skips the layout of rows that are not visible, without its script', async () => {
    const { page } = await open(manyFindings(), { javaScriptEnabled: false });

    expect(await page.locator('#table.long tbody tr').count()).toBe(MANY);
    expect(await page.locator('#pages').isVisible()).toBe(false);
  });
});
