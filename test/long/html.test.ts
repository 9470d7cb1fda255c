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
    expect(remarks).toEqual([]);
  });

  it.each(['Result', 'Verdict', 'Account', 'Region'])('has all findings of each %s', async (label) => {
    const report = await exampleReport();
    const { page } = await open(report);
    const field = { Result: 'compliance', Verdict: 'code', Account: 'accountId', Region: 'region' }[label];
    const values = report.findings.map((finding: any) => finding[field ?? '']);

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
    await page.locator('[data-show=KEY_DISABLED]').click();

    await toHaveStatus(page, /^1 of /);
    expect(await shownNames(page)).toEqual(['disabled-key']);
  });
});

describe('a command', () => {
  const COMMAND = /^aws kms enable-key .*\naws kms describe-key .*$/;

  const openedVerdict = async (options = {}) => {
    const opened = await open(await exampleReport(), options);
    await opened.page
      .locator('summary', { has: opened.page.getByText('KEY_DISABLED', { exact: true }) })
      .click();
    return {
      ...opened,
      block: opened.page.locator('details[open] .block', { hasText: 'enable-key' }).first(),
    };
  };

  it('is copied', async () => {
    const { page, block, remarks } = await openedVerdict({
      permissions: ['clipboard-read', 'clipboard-write'],
    });

    await block.getByRole('button', { name: 'Copy' }).click();

    await expect.poll(() => block.getByRole('status').textContent()).toBe('Copied');
    expect(await clipboardOf(page)).toMatch(COMMAND);
    expect(remarks).toEqual([]);
  });

  it('is copied without access to the clipboard', async () => {
    const { page, block } = await openedVerdict({ permissions: ['clipboard-read'] });
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('not here'))");

    await block.getByRole('button', { name: 'Copy' }).click();

    await expect.poll(() => block.getByRole('status').textContent()).toBe('Copied');
    expect(await clipboardOf(page)).toMatch(COMMAND);
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
  await press('Tab', 5);
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
  expect(await page.locator('svg').count()).toBe(3);
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
    expect(text).toContain('aws kms enable-key --key-id KEY_ARN --region KEY_REGION');
    expect(text).toContain('Findings by account');
    expect(text).not.toContain('Copy\n');
    expect(text).not.toContain('Clear filters');
    expect(text.match(/Result +Verdict +Account +Region +Trail +Finding/g)?.length).toBeGreaterThan(2);
  });
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

  it('skips the layout of rows that are not visible', async () => {
    const { page } = await open(manyFindings());

    const skipped = await page.evaluate(
      "[...document.querySelectorAll('#table td')].filter((cell) => !cell.checkVisibility({ contentVisibilityAuto: true })).length",
    );

    expect(skipped).toBeGreaterThan(MANY);
  });
});
