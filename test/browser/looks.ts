/// <reference lib="dom" />
/** What a view must not look like, on phones and otherwise. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withPalette } from '../../scripts/palettePng.mjs';
import { waitUntil } from '../functional/framework.js';
import { contrast, paletteOf } from './contrast.js';

/** Texts whose contrast is below WCAG's 4.5, of large ones 3. */
export async function weakTexts(page: Page): Promise<object[]> {
  return (await page.evaluate(paletteOf))
    .map((pair) => ({ ...pair, ratio: contrast(pair.text, pair.behind) }))
    .filter(({ ratio, isLarge }) => ratio < (isLarge ? 3 : 4.5));
}

/** Where pictures of what is tested go, for documents and for people who look: `WATTCHAIN_PICTURES=docs/images`. */
const PICTURES = process.env.WATTCHAIN_PICTURES;

/** Of longer pages the top. */
const MAX_HEIGHT = 1_400;

/** A picture of a page, where somebody asked for pictures. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  const [width, height] = await page.evaluate(() => {
    scrollTo(0, 0);
    return [innerWidth, document.documentElement.scrollHeight];
  });
  const clip = { x: 0, y: 0, width, height: Math.min(MAX_HEIGHT, height) };
  writeFileSync(join(PICTURES, `${name}.png`), withPalette(await page.screenshot({ fullPage: true, clip })));
}

/** That everything fits a phone. Plots take a new width of the window only in one of the next frames, so this waits for them. */
export async function expectFit(page: Page): Promise<void> {
  const width = page.viewportSize()?.width;
  await waitUntil(`everything at ${page.url()} to fit ${width} pixels`, async () => {
    expect(await page.evaluate(findPhoneFaults)).toEqual([]);
    return true;
  });
}

/** Runs in the page: what sticks out sideways or would have to be pushed, and what is too small for a finger. */
function findPhoneFaults(): string[] {
  const faults: string[] = [];
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over > 0) faults.push(`the page by ${over}`);
  const nameOf = (element: Element) => `${element.tagName}.${element.className} ${element.textContent?.slice(0, 30)}`;
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    if (element.closest('svg, .visually-hidden, .skip, option, .brand') || element.clientWidth === 0) continue;
    const { overflowX, textOverflow } = getComputedStyle(element);
    const isCut = overflowX !== 'visible' && textOverflow !== 'ellipsis' && element.tagName !== 'SELECT';
    if (isCut && element.scrollWidth > element.clientWidth + 1) faults.push(`scrolls: ${nameOf(element)}`);
    if (element.getBoundingClientRect().right > innerWidth + 1) faults.push(`sticks out: ${nameOf(element)}`);
  }
  const touched = 'nav a, button, select, input:not([type=checkbox], [type=radio])';
  for (const element of document.querySelectorAll<HTMLElement>(touched)) {
    const { height } = element.getBoundingClientRect();
    if (element.offsetHeight > 0 && height < 43.5) faults.push(`${height} high: ${nameOf(element)}`);
  }
  return faults;
}

/** Runs in the page: what keeps a person who hears or types from using it. */
export function findFaults(): string[] {
  const faults: string[] = [];
  const headings = document.querySelectorAll('h1').length;
  if (headings !== 1) faults.push(`${headings} h1`);
  const describe = (element: Element) => element.outerHTML.slice(0, 120);
  for (const field of document.querySelectorAll<HTMLInputElement>('input, select, textarea')) {
    const named = field.labels?.length || field.ariaLabel || field.getAttribute('aria-labelledby');
    if (!named) faults.push(`no label: ${describe(field)}`);
  }
  for (const picture of document.querySelectorAll('img')) {
    if (picture.getAttribute('alt') === null) faults.push(`no alt: ${describe(picture)}`);
  }
  for (const picture of document.querySelectorAll('svg, canvas')) {
    const hidden = picture.closest('[aria-hidden="true"], [role][aria-label]');
    if (!hidden && !picture.getAttribute('aria-labelledby')) faults.push(`not described: ${describe(picture)}`);
  }
  for (const control of document.querySelectorAll<HTMLElement>('button, a')) {
    if (!control.textContent?.trim() && !control.ariaLabel && !control.querySelector('img[alt]')) {
      faults.push(`no name: ${describe(control)}`);
    }
  }
  for (const positive of document.querySelectorAll('[tabindex]:not([tabindex="0"], [tabindex="-1"])')) {
    faults.push(`own tab order: ${describe(positive)}`);
  }
  for (const table of document.querySelectorAll('table')) {
    if (table.querySelector('th') === null) faults.push(`table without headings: ${describe(table)}`);
  }
  if (!document.documentElement.lang) faults.push('no language');
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) faults.push(`id twice: ${id}`);
  return faults;
}
