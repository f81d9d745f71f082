import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type RawRequest, rawHttp } from '../../../testing/rawHttp.js';
import { RpcKit } from '../../../testing/rpcKit.js';
import { Page } from './page.js';

const INDEX = '<!doctype html><title>Wattchain</title>';
const SCRIPT = `export const text = '${'energy '.repeat(200)}';`;
const SECRET = 'not for the page';
const PAGE_TOKEN = 'ab'.repeat(32);
const CHAIN_ID = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}';
const CHAIN_ID_ANSWER = '{"jsonrpc":"2.0","id":1,"result":"0x1312d01"}';
const JSON_TYPE = { 'content-type': 'application/json' };
/** For tests only: see the README beside it. */
const vector = (name: string) => fileURLToPath(new URL(`../../../../../test/vectors/tls/${name}`, import.meta.url));
const TLS = { tlsCertPath: vector('testOnly.cert.pem'), tlsKeyPath: vector('testOnly.key.pem') };
const ca = readFileSync(TLS.tlsCertPath, 'utf8');

/** What every answer of the page carries, written out here so that no change of it goes unseen. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

const parent = mkdtempSync(join(tmpdir(), 'wattchain-page-'));
const folder = join(parent, 'page');
mkdirSync(join(folder, 'assets'), { recursive: true });
writeFileSync(join(parent, 'secret.txt'), SECRET);
writeFileSync(join(folder, 'index.html'), INDEX);
writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
writeFileSync(join(folder, 'assets', 'index-abc.js'), SCRIPT);
writeFileSync(join(folder, 'assets', 'index-abc.css'), 'body { margin: 0 }');
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const withPage = () => ({ page: Page.read(folder), pageToken: PAGE_TOKEN });

describe('the page on this machine', () => {
  let rpc: RpcKit;
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    rawHttp({ url: rpc.url, method, path, headers });

  beforeAll(async () => {
    rpc = await RpcKit.start({ page: withPage() });
  });
  afterAll(() => rpc.stop());

  test('a file is served with its type, length and exactly these headers of security', async () => {
    expect(await get('/')).toMatchObject({
      status: 200,
      body: INDEX,
      headers: {
        ...SECURITY_HEADERS,
        'content-type': 'text/html; charset=utf-8',
        'content-length': String(INDEX.length),
        'cache-control': 'no-cache',
        vary: 'Accept-Encoding',
      },
    });
    for (const [path, type] of [
      ['/assets/index-abc.js', 'text/javascript; charset=utf-8'],
      ['/assets/index-abc.css', 'text/css; charset=utf-8'],
      ['/icon.svg', 'image/svg+xml'],
    ] as const) {
      expect((await get(path)).headers, path).toMatchObject({ ...SECURITY_HEADERS, 'content-type': type });
    }
  });

  test('compressed for those who take it, plain for the others', async () => {
    const compressed = await get('/assets/index-abc.js', { 'accept-encoding': 'br, gzip' });
    expect(compressed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(compressed.bytes.length),
    });
    expect(compressed.bytes.length).toBeLessThan(SCRIPT.length / 4);
    expect(gunzipSync(compressed.bytes).toString()).toBe(SCRIPT);
    const plain = await get('/assets/index-abc.js');
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(plain.body).toBe(SCRIPT);
  });

  test('assets are kept for ever, the index is asked for again and not sent twice', async () => {
    expect((await get('/assets/index-abc.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const { headers } = await get('/');
    const again = await get('/', { 'if-none-match': String(headers.etag) });
    expect(again).toMatchObject({ status: 304, body: '', headers: { etag: headers.etag, ...SECURITY_HEADERS } });
    expect((await get('/', { 'if-none-match': '"other"' })).status).toBe(200);
    expect((await get('/icon.svg')).headers.etag).not.toBe(headers.etag);
  });

  test("a view's address gets the index, a file that is missing does not", async () => {
    for (const path of ['/community', '/chain/block/5', '/trade/?x=1', '/wallet/', '//', '/%zz', '/?token=x']) {
      expect(await get(path), path).toMatchObject({ status: 200, body: INDEX });
    }
    for (const path of ['/assets/index-old.js', '/favicon.ico', '/assets/x.css?y']) {
      const missing = await get(path);
      expect(missing, path).toMatchObject({ status: 404, headers: { 'content-type': 'application/json' } });
    }
  });

  test('no path leads out of the folder', async () => {
    for (const path of ['/../secret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt']) {
      const answer = await get(path);
      expect(answer.status, path).toBe(404);
      expect(answer.body).not.toContain(SECRET);
    }
  });

  test('HEAD tells what GET would send', async () => {
    const head = await get('/', {}, 'HEAD');
    const { headers } = await get('/');
    expect(head).toMatchObject({ status: 200, body: '' });
    for (const name of ['content-length', 'content-type', 'etag', 'content-security-policy']) {
      expect(head.headers[name], name).toBe(headers[name]);
    }
    expect(await get('/health', {}, 'HEAD')).toMatchObject({ headers: { 'content-type': 'application/json' } });
  });

  test('JSON-RPC, health and metrics stay where they were', async () => {
    expect(await rawHttp({ url: rpc.url, headers: JSON_TYPE, body: CHAIN_ID })).toMatchObject({
      status: 200,
      body: CHAIN_ID_ANSWER,
    });
    expect(JSON.parse((await get('/health')).body)).toHaveProperty('healthy');
    expect((await get('/metrics')).body).toContain('metrics');
    expect((await rawHttp({ url: rpc.url, path: '/community', headers: JSON_TYPE, body: CHAIN_ID })).status).toBe(404);
    expect((await get('/', { host: 'evil.example' })).status).toBe(403);
  });

  test('a folder without the page is refused with its name and what to do', () => {
    expect(() => Page.read(join(folder, 'assets'))).toThrow(/has no index\.html/);
    expect(() => Page.read(join(folder, 'none'))).toThrow(/cannot be read/);
    const crowded = join(parent, 'crowded');
    mkdirSync(crowded);
    for (let i = 0; i < 65; i++) writeFileSync(join(crowded, `${i}.js`), '');
    expect(() => Page.read(crowded)).toThrow(/65 files, at most 64/);
    const heavy = join(parent, 'heavy');
    mkdirSync(heavy);
    writeFileSync(join(heavy, 'a.js'), Buffer.alloc(8 * 1024 * 1024 + 1));
    expect(() => Page.read(heavy)).toThrow(/more than 8388608 bytes/);
  });
});

describe('the page from other machines', () => {
  let rpc: RpcKit;
  /** The server listens on every address; this one is in its certificate. */
  const ask = (request: Omit<RawRequest, 'url'>) => {
    const { protocol, port } = new URL(rpc.url);
    return rawHttp({ url: `${protocol}//127.0.0.1:${port}`, ca, ...request });
  };
  const get = (path: string, headers: Record<string, string> = {}) => ask({ method: 'GET', path, headers });

  afterAll(() => rpc.stop());

  test('without TLS it is refused, and the sentence says what to set', async () => {
    rpc = await RpcKit.start({ page: withPage(), config: { host: '0.0.0.0' } });
    for (const path of ['/', '/community', '/assets/index-abc.js', `/?token=${PAGE_TOKEN}`]) {
      expect(await get(path), path).toMatchObject({
        status: 403,
        headers: SECURITY_HEADERS,
        body: 'Beyond this machine the page is served over TLS only: set rpc.tlsCertPath and rpc.tlsKeyPath in config.json.\n',
      });
    }
    expect((await ask({ headers: JSON_TYPE, body: CHAIN_ID })).body).toBe(CHAIN_ID_ANSWER);
    await rpc.stop();
  });

  test('with TLS the token opens it once and a cookie from then on', async () => {
    rpc = await RpcKit.start({ page: withPage(), config: { host: '0.0.0.0', ...TLS } });
    expect(rpc.url).toMatch(/^https:/);
    for (const path of ['/', '/assets/index-abc.js', '/?token=wrong', `/?token=${PAGE_TOKEN.slice(1)}`, '/?token=']) {
      expect(await get(path), path).toMatchObject({ status: 401, body: expect.stringContaining('page.token') });
    }
    expect((await get('/', { cookie: 'wattchain-page=wrong' })).status).toBe(401);

    const opened = await get(`/community?token=${PAGE_TOKEN}`);
    expect(opened).toMatchObject({ status: 303, body: '', headers: { location: '/community' } });
    const [cookie = ''] = opened.headers['set-cookie'] ?? [];
    expect(cookie).toBe(`wattchain-page=${PAGE_TOKEN}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=31536000`);
    const shown = { cookie: `other=1; ${cookie.split(';')[0]}` };
    expect(await get('/community', shown)).toMatchObject({ status: 200, body: INDEX });
    expect(await get('/assets/index-abc.js', shown)).toMatchObject({ status: 200, body: SCRIPT });
  });

  test('the way back never leads to another host', async () => {
    for (const path of ['//evil/', '/\\evil/']) {
      expect((await get(`${path}?token=${PAGE_TOKEN}`)).headers.location, path).toBe('/evil/');
    }
  });

  test('JSON-RPC and WebSocket speak TLS on the same port', async () => {
    expect((await ask({ headers: JSON_TYPE, body: CHAIN_ID })).body).toBe(CHAIN_ID_ANSWER);
    const socket = new WebSocket(`wss://127.0.0.1:${rpc.server.address.port}`, { ca });
    const answer = await new Promise<string>((resolve, reject) => {
      socket.on('open', () => socket.send(CHAIN_ID));
      socket.on('message', (data: Buffer) => resolve(data.toString()));
      socket.on('error', reject);
    });
    socket.terminate();
    expect(answer).toBe(CHAIN_ID_ANSWER);
  });

  test('a certificate or key that is missing, broken or of somebody else stops the start', async () => {
    const broken = join(parent, 'broken.pem');
    writeFileSync(broken, 'no PEM');
    for (const config of [
      { ...TLS, tlsCertPath: join(parent, 'none.pem') },
      { ...TLS, tlsKeyPath: join(parent, 'none.pem') },
      { ...TLS, tlsCertPath: broken },
      { ...TLS, tlsKeyPath: broken },
      { ...TLS, tlsKeyPath: TLS.tlsCertPath },
    ]) {
      await expect(RpcKit.start({ config })).rejects.toMatchObject({
        code: 'badCertificate',
        hint: expect.any(String),
      });
    }
  });
});
