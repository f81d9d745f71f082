/**
 * Finds a browser for tests and screenshots: on Linux x64 the Chromium that comes out of the npm registry, elsewhere an
 * installed Chrome.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** Unpacked once for an installation; below `node_modules`, so that it goes with it. */
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const CACHE = join(MODULES, '.cache', 'wattchain-chromium');
/** The sandbox wants rights that a container seldom has; the pages shown are our own. */
const ARGUMENTS = ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'];

/**
 * A browser, or why there is none.
 * @typedef {{ browser: import('playwright-core').Browser, missing?: undefined } | { browser?: undefined, missing: string }} FoundBrowser
 */

/**
 * Starts a browser without a window; the caller closes it.
 * @returns {Promise<FoundBrowser>}
 */
export async function launchBrowser() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return launch([{ channel: 'chrome' }], `no Chrome is installed on this ${process.platform} ${process.arch}`);
  }
  const folder = await unpackChromium();
  const fontconfig = join(folder, 'fonts.conf');
  const bundled = {
    executablePath: join(folder, 'chromium'),
    env: { ...environment(), FONTCONFIG_FILE: fontconfig },
  };
  // The libraries that come with it are another system's, so they are only for a machine that lacks its own.
  const libraries = { ...bundled, env: { ...bundled.env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') } };
  return launch([bundled, libraries, { channel: 'chrome' }], 'Chromium does not start on this Linux');
}

/**
 * @param {readonly import('playwright-core').LaunchOptions[]} attempts
 * @param {string} otherwise
 * @returns {Promise<FoundBrowser>}
 */
async function launch(attempts, otherwise) {
  let reason = '';
  for (const attempt of attempts) {
    try {
      return { browser: await chromium.launch({ ...attempt, args: ARGUMENTS, headless: true }) };
    } catch (error) {
      reason = String(error).split('\n')[0] ?? '';
    }
  }
  return { missing: `${otherwise}: ${reason}` };
}

/** The folder with the program, its fonts and its libraries, unpacked if need be (5 seconds, 250 MB). */
async function unpackChromium() {
  const manifest = readFileSync(join(MODULES, '@sparticuz', 'chromium', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest);
  const folder = join(CACHE, version);
  if (existsSync(join(folder, 'chromium'))) return folder;
  // The package unpacks into the temporary folder, piece by piece: two runs at once, or one that is cut short, must not meet there.
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const saved = { ...process.env };
  try {
    // In this environment it unpacks its libraries too.
    Object.assign(process.env, { TMPDIR: partial, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' });
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
  } finally {
    for (const name of ['TMPDIR', 'AWS_EXECUTION_ENV', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME']) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  }
  writeFileSync(
    join(partial, 'fonts.conf'),
    `<?xml version="1.0"?><fontconfig><dir>${join(folder, 'fonts')}</dir><include ignore_missing="yes">/etc/fonts/fonts.conf</include></fontconfig>\n`,
  );
  try {
    renameSync(partial, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'chromium'))) throw error;
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** @returns {Record<string, string>} */
function environment() {
  return Object.fromEntries(Object.entries(process.env).map(([name, value = '']) => [name, value]));
}
