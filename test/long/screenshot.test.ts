import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { openFile, startChromium } from '../support/browser.js';
import { exampleReport } from '../support/example-report.js';
import { folderOf } from '../support/files.js';
import { ROOT } from '../support/project.js';
import { render } from '../support/render.js';

const IMAGE = `${ROOT}docs/images/report.png`;
const VIEWPORT = { width: 1200, height: 1000 };
/** Fonts differ a little between versions of Chromium. */
const MAX_DIFFERENT_PIXELS = 0.05;

/** The share of pixels that differ between two images, compared by Chromium: 1 where their sizes differ. */
const COMPARE = `async ([first, second]) => {
  const pixelsOf = async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [await pixelsOf(first), await pixelsOf(second)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  let different = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    if ([0, 1, 2].some((channel) => Math.abs(a.data[at + channel] - b.data[at + channel]) > 48)) different += 1;
  }
  return different / (a.width * a.height);
}`;

it('the README shows the HTML report as it is: npm run screenshot takes the image again', async () => {
  const folder = await folderOf({ 'report.html': await render('html', await exampleReport()) });
  const browser = await startChromium();
  try {
    const { page } = await openFile(browser, `${folder}/report.html`, { viewport: VIEWPORT });
    const image = await page.screenshot();
    if (process.env['TRAILKEY_UPDATE_SCREENSHOT']) {
      mkdirSync(dirname(IMAGE), { recursive: true });
      writeFileSync(IMAGE, image);
    }
    const urlOf = (png: Buffer) => `data:image/png;base64,${png.toString('base64')}`;
    const blank = await (await browser.newContext()).newPage();
    const images = JSON.stringify([urlOf(image), urlOf(readFileSync(IMAGE))]);

    expect(await blank.evaluate(`(${COMPARE})(${images})`)).toBeLessThan(MAX_DIFFERENT_PIXELS);
  } finally {
    await browser.close();
  }
});
