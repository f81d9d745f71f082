import { createHash, timingSafeEqual } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { WattchainError } from '@wattchain/core';

/** How the page may be reached. */
export type PageAccess =
  /** From this machine only, so everybody who comes is let in. */
  | { readonly kind: 'local' }
  /** Over TLS, with this token. */
  | { readonly kind: 'token'; readonly token: string }
  /** Not at all: from other machines without TLS. */
  | { readonly kind: 'closed' };

interface PageFile {
  readonly type: string;
  /** Weak, because plain and compressed bytes share it (RFC 9110, 8.8.3). */
  readonly etag: string;
  readonly plain: Buffer;
  /** Made when it is first asked for: most nodes that start are never looked at, and it takes as long as their first block. */
  gzip(): Buffer;
  /** Its name changes with its content, so it may be kept for ever. */
  readonly isImmutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
/** The page is small; a folder with more than this is some other folder. */
const MAX_FILES = 64;
const MAX_BYTES = 8 * 1024 * 1024;
const INDEX = '/index.html';
/** What the page looks for to know that it is shown for looking. */
const READING_MARK = '<meta name="wattchain-door" content="reading">';
const COOKIE = 'wattchain-page';

/** Code and styles of this origin only, nothing inline, no evaluation, no frame around it. */
const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
} as const;

/**
 * The wallet and community page: a folder of static files, read once and served from memory. Paths without a file are the
 * page's own views and get its index.
 */
export class Page {
  readonly #files: ReadonlyMap<string, PageFile>;

  private constructor(files: ReadonlyMap<string, PageFile>) {
    this.#files = files;
  }

  /** Reads the folder. Errors: `badPage` (no index, or too much for a page). */
  static read(directory: string): Page {
    const files = readFiles(directory);
    if (!files.has(INDEX)) throw badPage(directory, 'it has no index.html');
    return new Page(files);
  }

  /** The same page for a door where one can only look: its index says so, and the page leaves keys and sending out. */
  forReading(): Page {
    const index = this.#files.get(INDEX)?.plain.toString('utf8') ?? '';
    const marked = Buffer.from(index.replace('<title>', `${READING_MARK}<title>`));
    return new Page(new Map([...this.#files, [INDEX, pageFile(INDEX, marked)]]));
  }

  /** Answers a GET or HEAD. `false` when the path is none of the page's: a file that does not exist. */
  serve(request: IncomingMessage, response: ServerResponse, access: PageAccess): boolean {
    const { path, query } = splitTarget(request.url);
    const file = this.#find(path);
    if (file === undefined) return false;
    if (!letIn(request, response, { path, query }, access)) return true;
    send(request, response, file);
    return true;
  }

  #find(path: string): PageFile | undefined {
    const file = this.#files.get(path);
    // A view's address has no extension; a missing asset must not be answered with HTML.
    return file ?? (extname(path) === '' ? this.#files.get(INDEX) : undefined);
  }
}

/** What a request asks for. Split by hand: `new URL` throws at what a stranger may well write, such as `//`. */
interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
}

function splitTarget(target = '/'): Target {
  const [path = '/', ...query] = target.split('?');
  return { path, query: new URLSearchParams(query.join('?')) };
}

/** Whether the request may have the page; otherwise it is answered here. */
function letIn(
  request: IncomingMessage,
  response: ServerResponse,
  { path, query }: Target,
  access: PageAccess,
): boolean {
  if (access.kind === 'local') return true;
  if (access.kind === 'closed') {
    sendText(
      response,
      403,
      'Beyond this machine the page is served over TLS only: set rpc.tlsCertPath and rpc.tlsKeyPath in config.json.\n',
    );
    return false;
  }
  const shown = query.get('token');
  if (shown !== null && equal(shown, access.token)) {
    // The address with the token shall not stay in the history or go out in a referrer. The cookie is lax, because a strict one
    // is not sent on after this answer to somebody who followed a link in a mail.
    response.writeHead(303, {
      ...SECURITY_HEADERS,
      'Set-Cookie': `${COOKIE}=${access.token}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=31536000`,
      Location: path.replace(/^[\\/]+/, '/'),
      'Cache-Control': 'no-store',
    });
    response.end();
    return false;
  }
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim().split('='));
  if (cookies.some(([name, value]) => name === COOKIE && equal(value ?? '', access.token))) return true;
  sendText(
    response,
    401,
    "Open this page once with ?token=… behind its address: the token is in page.token in the node's data directory.\n",
  );
  return false;
}

function send(request: IncomingMessage, response: ServerResponse, file: PageFile): void {
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': file.type,
    'Cache-Control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: file.etag,
    Vary: 'Accept-Encoding',
  };
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const body = takesGzip ? file.gzip() : file.plain;
  response.writeHead(200, {
    ...headers,
    ...(takesGzip ? { 'Content-Encoding': 'gzip' } : {}),
    'Content-Length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}

function readFiles(directory: string): ReadonlyMap<string, PageFile> {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  } catch (cause) {
    throw badPage(directory, 'it cannot be read', cause);
  }
  if (entries.length > MAX_FILES) throw badPage(directory, `it has ${entries.length} files, at most ${MAX_FILES}`);
  const files = new Map<string, PageFile>();
  let bytes = 0;
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const plain = readFileSync(path);
    bytes += plain.length;
    if (bytes > MAX_BYTES) throw badPage(directory, `its files have more than ${MAX_BYTES} bytes`);
    const name = `/${relative(directory, path).split(sep).join('/')}`;
    files.set(name, pageFile(name, plain));
  }
  return files;
}

function pageFile(name: string, plain: Buffer): PageFile {
  let compressed: Buffer | undefined;
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    etag: `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    plain,
    gzip: () => {
      compressed ??= gzipSync(plain, { level: 9 });
      return compressed;
    },
    isImmutable: name.startsWith('/assets/'),
  };
}

function badPage(directory: string, what: string, cause?: unknown): WattchainError {
  return new WattchainError('badPage', `${directory} is not the built page: ${what}`, {
    values: { directory },
    hint: 'build it with "npm run setup"',
    cause,
  });
}

/** Hashes are compared, so that the time tells nothing about the token. */
function equal(shown: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(token));
}
