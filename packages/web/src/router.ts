import { signal } from '@preact/signals';

/** Where the page is: the path of its address, without the slash at the end. */
export const path = signal('/');

/** What stands behind the path: choices that a link keeps, such as the day. */
export const query = signal<URLSearchParams>(new URLSearchParams());

/** Follows the address bar: back, forward, and clicks on links of this page. */
export function startRouter(): void {
  addEventListener('popstate', read);
  document.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest('a');
    if (!link || !isOurs(link, event)) return;
    event.preventDefault();
    goTo(link.pathname + link.search);
  });
  read();
}

/** Shows another view, as a link to it does. */
export function goTo(target: string): void {
  if (target !== location.pathname + location.search) history.pushState(null, '', target);
  read();
  scrollTo(0, 0);
  // The link may have gone with its view; who types or hears goes on at the new one.
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true });
  });
}

/** Changes choices of the view that is shown, and its address with them; an empty choice is left out. */
export function choose(choices: Readonly<Record<string, string>>): void {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(choices)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  history.pushState(null, '', location.pathname + (text === '' ? '' : `?${text}`));
  read();
}

function read(): void {
  path.value = normalise(location.pathname);
  query.value = new URLSearchParams(location.search);
}

/** The parts of the path below `prefix`, or `undefined` when it is not below it: `/chain/block/5` below `/chain` is `['block', '5']`. */
export function below(prefix: string): readonly string[] | undefined {
  if (path.value === prefix) return [];
  if (!path.value.startsWith(`${prefix}/`)) return undefined;
  return path.value
    .slice(prefix.length + 1)
    .split('/')
    .map(decodeSafely);
}

function normalise(pathname: string): string {
  return pathname.length > 1 ? pathname.replace(/\/+$/, '') || '/' : '/';
}

/** A hand-typed address may hold a broken escape. */
function decodeSafely(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Links elsewhere or into this view, downloads and clicks that ask for a new tab are the browser's. */
function isOurs(link: HTMLAnchorElement, event: MouseEvent): boolean {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  return (
    plain && link.origin === location.origin && link.hash === '' && link.target === '' && !link.hasAttribute('download')
  );
}
