import { spawn } from 'node:child_process';

/** How each platform starts the browser that a person has chosen. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = {
  darwin: ['open'],
  // The empty text is the title of the window; without it "start" takes the address for one.
  win32: ['cmd', '/c', 'start', ''],
};
const OTHERWISE = ['xdg-open'] as const;
/** Some openers stay as long as the browser does; one that has not failed by then has worked. */
const FAILS_WITHIN_MS = 2_000;

/** Shows an address in this machine's browser. `false` where none can be started. */
export function openInBrowser(url: string): Promise<boolean> {
  const [command, ...args] = OPENERS[process.platform] ?? OTHERWISE;
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
    const timer = setTimeout(() => resolve(true), FAILS_WITHIN_MS);
    const end = (isOpen: boolean) => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.on('error', () => end(false));
    child.on('exit', (code) => end(code === 0));
    child.unref();
  });
}
