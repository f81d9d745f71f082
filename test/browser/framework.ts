/// <reference lib="dom" />
/**
 * Who visits the pages of browser tests, with a real browser that records what must not happen. Things on the page are found by role and
 * name, as a person finds them.
 */
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';

/** What must not happen while somebody looks. */
export interface Incidents {
  /** Uncaught exceptions, and what the console calls an error. */
  readonly errors: string[];
  /** Addresses of requests that left the node's origin. */
  readonly foreignRequests: string[];
}

/** How a visitor looks at the page. */
export interface VisitorOptions {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A person with a browser of their own: nothing is shared with other visitors. */
export class Visitor {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly incidents: Incidents,
    readonly origin: string,
  ) {}

  static async come(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
    const { width = 1280, colorScheme = 'light' } = options;
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      locale: 'en-GB',
      timezoneId: 'Europe/London',
    });
    context.setDefaultTimeout(240_000);
    const incidents: Incidents = { errors: [], foreignRequests: [] };
    const { origin } = new URL(url);
    context.on('page', (page) => record(page, incidents, origin));
    await context.addInitScript(observe);
    return new Visitor(context, await context.newPage(), incidents, origin);
  }

  /** Opens a view and waits until it shows the chain. */
  async open(path: string, page = this.page): Promise<void> {
    await page.goto(this.origin + path, { waitUntil: 'commit' });
    await settled(page);
  }

  /** Milliseconds of the processor that the page's main thread takes for something, which do not depend on what else runs. */
  async processorMs(task: () => Promise<void>): Promise<number> {
    const session = await this.context.newCDPSession(this.page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const read = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN);
    };
    const before = await read();
    await task();
    const after = await read();
    await session.detach();
    return after - before;
  }

  /** Violations of the page's own policy, and what moved, since it was loaded. */
  async observed(page = this.page): Promise<Observed> {
    return page.evaluate(() => (window as unknown as { observed: Observed }).observed);
  }

  async leave(): Promise<void> {
    // What a test still passes on for the page has no one to go to.
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    await this.context.close();
  }
}

/** What is recorded inside of a page. */
export interface Observed {
  readonly violations: string[];
  /** What moved although nobody touched anything, by the Layout Instability API: all scores together, the largest, and what that was. */
  readonly shifts: { total: number; largest: number; what: string };
}

/** The place of the page that says which block it knows. */
export const SHOWN_HEIGHT = '.status a[href^="/chain/block/"]';

/** The height in a text such as `block 1,234`. */
export function heightIn(text: string | null): number {
  return Number(/block ([\d,]+)/.exec(text ?? '')?.[1]?.replaceAll(',', ''));
}

/** Waits until the page is live and has read what it shows. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.status.live').waitFor();
  await page.waitForFunction(() => document.querySelector('.skeleton') === null);
}

/** Runs in the page before its own scripts. */
function observe(): void {
  const observed: Observed = { violations: [], shifts: { total: 0, largest: 0, what: '' } };
  Object.assign(window, { observed });
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    observed.violations.push(`${violatedDirective} ${blockedURI}`),
  );
  type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Element | null }[] };
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
      if (hadRecentInput) continue;
      observed.shifts.total += value;
      // One text, not all of them: what a page keeps is measured too.
      if (value <= observed.shifts.largest) continue;
      observed.shifts.largest = value;
      observed.shifts.what = sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? 'text').join();
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

function record(page: Page, { errors, foreignRequests }: Incidents, origin: string): void {
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) foreignRequests.push(request.url());
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) foreignRequests.push(socket.url());
  });
}

/** Begins to record the tasks of all pages of a browser. */
export async function traceTasks(browser: Browser): Promise<void> {
  await browser.startTracing(undefined, { categories: ['toplevel', 'blink.user_timing'] });
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds: when, and how long it had the processor. */
  readonly ts: number;
  readonly tdur?: number;
}

/**
 * Ends the record: for each page the longest task of its main thread since a time of the page's own clock, in milliseconds. Processor
 * time, because by the clock a busy machine makes every task long.
 */
export async function longestTasks(
  browser: Browser,
  since: readonly { readonly page: Page; readonly fromMs: number }[],
): Promise<number[]> {
  const marks: { readonly name: string; readonly spanMs: number }[] = [];
  for (const [index, { page, fromMs }] of since.entries()) {
    const name = `end of page ${index}`;
    const endMs = await page.evaluate((text) => performance.mark(text).startTime, name);
    marks.push({ name, spanMs: endMs - fromMs });
  }
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  return marks.map(({ name, spanMs }) => {
    // Where the mark stands says which thread of which process is the page's.
    const end = traceEvents.find((event) => event.name === name);
    const tasks = traceEvents.filter(
      ({ name: kind, pid, tid, ts }) =>
        kind === 'ThreadControllerImpl::RunTask' &&
        pid === end?.pid &&
        tid === end.tid &&
        ts > end.ts - 1000 * spanMs &&
        ts < end.ts,
    );
    if (tasks.length === 0) throw new TypeError(`no task of ${name} was recorded`);
    return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur), 0) / 1000;
  });
}

/** Bytes that the page's JavaScript keeps, after collecting garbage. */
export async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
  return usedSize;
}
