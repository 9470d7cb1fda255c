import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** A page in Chromium, with its console messages, errors, dialogs, and blocked requests. */
export type Opened = { readonly page: Page; readonly remarks: readonly string[] };

/** Starts the Chromium of the system. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    // Chromium has no sandbox for root, for example in containers.
    args: ['--no-sandbox'],
  });

/** Opens a file in a new window. Network requests are blocked and recorded. */
export const openFile = async (
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<Opened> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const remarks: string[] = [];
  page.on('console', (message) => remarks.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => remarks.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    remarks.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await context.route('**', (route) => {
    const url = route.request().url();
    if (url === `file://${file}`) return route.continue();
    remarks.push(`request: ${url}`);
    return route.abort();
  });
  await page.goto(`file://${file}`);
  return { page, remarks };
};

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The violations that axe-core finds, each with its elements. The debugger runs it, so that the policy of the page stays active. */
export const violationsIn = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`);
};

/** Expands all details. */
export const expandAll = (page: Page): Promise<void> =>
  page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");

/** The text in the clipboard. */
export const clipboardOf = (page: Page): Promise<string> => page.evaluate('navigator.clipboard.readText()');
