import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RawRequest, rawHttp } from '../../../testing/rawHttp.js';
import { RpcKit } from '../../../testing/rpcKit.js';
import {
  BODY_TIMEOUT_MS,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  MAX_BODY_BYTES,
  MAX_PIPELINED_REQUESTS,
  MAX_SOCKETS,
  SWEEP_MS,
} from '../limits.js';

let rpc: RpcKit;
const JSON_TYPE = { 'content-type': 'application/json' };
const CHAIN_ID = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}';
const send = (request: Omit<RawRequest, 'url'>) =>
  rawHttp({ url: rpc.url, headers: JSON_TYPE, body: CHAIN_ID, ...request });
const status = async (request: Omit<RawRequest, 'url'>) => (await send(request)).status;

beforeAll(async () => {
  rpc = await RpcKit.start({ config: { allowedHosts: ['node.example'], allowedOrigins: ['https://page.example'] } });
});
afterAll(() => rpc.stop());

describe('HTTP doors', () => {
  test('a POST of JSON is answered', async () => {
    expect(await send({})).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"result":"0x1312d01"}',
    });
  });

  test('no other content type, so no page can send without asking', async () => {
    for (const headers of [
      {},
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
    ]) {
      expect(await status({ headers })).toBe(415);
    }
  });

  test('no other method and no other path', async () => {
    expect(await send({ method: 'GET' })).toMatchObject({ status: 405, headers: { allow: 'POST, OPTIONS' } });
    expect(await status({ method: 'PUT' })).toBe(405);
    expect(await status({ path: '/rpc' })).toBe(404);
    expect(await status({ path: '/health' })).toBe(404);
  });

  test('no foreign host name, as in DNS rebinding', async () => {
    expect(await send({ headers: { ...JSON_TYPE, host: 'evil.example' } })).toMatchObject({
      status: 403,
      body: expect.stringContaining('rpc.allowedHosts'),
    });
    expect(await status({ headers: { ...JSON_TYPE, host: 'node.example' } })).toBe(200);
    expect(await status({ headers: { host: 'evil.example' }, method: 'GET', path: '/health' })).toBe(403);
  });

  test('no foreign origin; an allowed one may read the answer', async () => {
    const refused = await send({ headers: { ...JSON_TYPE, origin: 'https://evil.example' } });
    expect(refused.status).toBe(403);
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    for (const origin of [rpc.url, 'chrome-extension://abc', 'https://page.example']) {
      const allowed = await send({ headers: { ...JSON_TYPE, origin } });
      expect(allowed).toMatchObject({
        status: 200,
        headers: { 'access-control-allow-origin': origin, vary: 'Origin' },
      });
    }
  });

  test('the preflight of an allowed origin is granted, of another refused', async () => {
    const preflight = (origin: string) =>
      send({ method: 'OPTIONS', body: '', headers: { origin, 'access-control-request-method': 'POST' } });
    expect(await preflight('moz-extension://abc')).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'moz-extension://abc',
        'access-control-allow-headers': 'content-type, authorization',
      },
    });
    expect((await preflight('https://evil.example')).status).toBe(403);
  });

  test('no body above the limit, with or without a length that says so', async () => {
    const body = `"${'a'.repeat(MAX_BODY_BYTES)}"`;
    const length = { 'content-length': String(body.length) };
    expect(await status({ body: '', headers: { ...JSON_TYPE, 'content-length': '20000000' } })).toBe(413);
    expect(
      await status({
        body: body.slice(0, MAX_BODY_BYTES),
        headers: { ...JSON_TYPE, ...length, 'content-length': String(MAX_BODY_BYTES) },
      }),
    ).toBe(200);
    expect(await status({ body })).toBe(413);
    expect(await chunkedStatus(body)).toContain('413');
    expect(await chunkedStatus(body.repeat(12))).toContain('413');
  });

  test('a client that leaves in the middle of its body harms nobody', async () => {
    await new Promise<void>((resolve) => {
      const { port } = rpc.server.address;
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"js`,
        );
        socket.end();
      });
      socket.resume();
      socket.on('close', () => resolve());
    });
    expect(await status({})).toBe(200);
  });

  test('WebSocket upgrades pass the same doors', async () => {
    const upgrade = (headers: Record<string, string>, path = '/') =>
      status({
        method: 'GET',
        body: '',
        path,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          ...headers,
        },
      });
    expect(await upgrade({})).toBe(101);
    expect(await upgrade({ origin: rpc.url })).toBe(101);
    expect(await upgrade({ origin: 'https://evil.example' })).toBe(403);
    expect(await upgrade({ host: 'evil.example' })).toBe(403);
    expect(await upgrade({}, '/other')).toBe(404);
  });
});

describe('the token', () => {
  const setMining = (authorization?: string) =>
    send({
      body: '{"jsonrpc":"2.0","id":1,"method":"watt_setMining","params":[true]}',
      headers: { ...JSON_TYPE, ...(authorization === undefined ? {} : { authorization }) },
    });

  test('is needed for control and for nothing else', async () => {
    for (const authorization of [undefined, 'Bearer wrong', rpc.token]) {
      const { error } = JSON.parse((await setMining(authorization)).body) as {
        error: { code: number; message: string };
      };
      expect(error).toMatchObject({ code: 4100, message: expect.stringContaining('control.token') });
    }
    expect(rpc.mining).toBe(false);
    const { result } = JSON.parse((await setMining(`Bearer ${rpc.token}`)).body) as { result: unknown };
    expect(result).toMatchObject({ enabled: true });
    expect(rpc.mining).toBe(true);
  });
});

describe('GET /health', () => {
  const health = async () => {
    const { status, body } = await send({ method: 'GET', path: '/health', body: '', headers: {} });
    return { status, body: JSON.parse(body) as unknown };
  };

  test('is 200 with a recent head, 503 while syncing or with an old one', async () => {
    expect(await health()).toMatchObject({
      status: 200,
      body: { healthy: true, peers: 0, head: { height: 0, ageMs: 0 } },
    });
    rpc.syncing = true;
    expect(await health()).toMatchObject({ status: 503, body: { syncing: true } });
    rpc.syncing = false;
    rpc.runtime.advance(60_000);
    expect(await health()).toMatchObject({ status: 503, body: { healthy: false, head: { ageMs: 60_000 } } });
    await rpc.mine({ timestampMs: rpc.runtime.clock.nowMs() });
    expect((await health()).status).toBe(200);
  });
});

describe('starting and stopping', () => {
  test('a port in use is an error that says what to do', async () => {
    const { port } = rpc.server.address;
    await expect(RpcKit.start({ config: { port } })).rejects.toMatchObject({
      code: 'portInUse',
      message: `port ${port} on 127.0.0.1 is in use, so JSON-RPC cannot listen there`,
      hint: expect.stringContaining('rpc.port'),
    });
  });

  test('an address of another machine is one too', async () => {
    await expect(RpcKit.start({ config: { host: '192.0.2.1' } })).rejects.toMatchObject({ code: 'rpcListen' });
  });

  test('stop frees the port, though clients keep their connections', async () => {
    const first = await RpcKit.start();
    const { port } = first.server.address;
    const keepAlive = connect(port, '127.0.0.1');
    await new Promise((resolve) => keepAlive.once('connect', resolve));
    await first.stop();
    const second = await RpcKit.start({ config: { port } });
    expect(second.server.address).toEqual({ host: '127.0.0.1', port });
    await second.stop();
    keepAlive.destroy();
  });

  test('stop does not wait for a client that never finishes its request', async () => {
    const kit = await RpcKit.start();
    const slow = connect(kit.server.address.port, '127.0.0.1');
    slow.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n');
    slow.write('Expect: 100-continue\r\n\r\n');
    const [granted] = (await once(slow, 'data')) as [Buffer];
    expect(String(granted)).toContain('100 Continue');
    const closed = once(slow, 'close');
    await kit.stop();
    await closed;
  });
});

describe('clients that take their time', () => {
  const RAW_CALL = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${CHAIN_ID.length}\r\n\r\n${CHAIN_ID}`;
  let kit: RpcKit;
  let sockets: Socket[];
  beforeEach(async () => {
    kit = await RpcKit.start();
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await kit.stop();
  });

  /** A connection that the server knows of, as it has answered on it. */
  async function open(): Promise<Socket> {
    const socket = connect({ port: kit.server.address.port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(RAW_CALL);
    await once(socket, 'data');
    return socket;
  }
  /** Everything that a socket sends until it ends. */
  async function textOf(socket: Socket): Promise<string> {
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    await once(socket, 'close');
    return text;
  }
  const answers = () => rawHttp({ url: kit.url, headers: JSON_TYPE, body: CHAIN_ID });

  test('half a header, half a body and an unfinished chunk are closed in time', async () => {
    const start = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const [header, body, chunk] = [await open(), await open(), await open()];
    header.write(start);
    body.write(`${start}Content-Length: 50\r\n\r\n{"js`);
    chunk.write(`${start}Transfer-Encoding: chunked\r\n\r\n5\r\n{"j`);
    // Whoever connects later is answered later, so that all of it has come.
    expect((await answers()).status).toBe(200);
    const [headerEnd, ...bodyEnds] = [header, body, chunk].map((socket) => once(socket.resume(), 'end'));
    kit.runtime.advance(HEADERS_TIMEOUT_MS + 2 * SWEEP_MS);
    await headerEnd;
    kit.runtime.advance(BODY_TIMEOUT_MS - HEADERS_TIMEOUT_MS);
    await Promise.all(bodyEnds);
  });

  test('one that rests is told for how long it may', async () => {
    expect((await answers()).headers).toMatchObject({ connection: 'close' });
    const socket = await open();
    socket.write(RAW_CALL);
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(String(data)).toContain(`Keep-Alive: timeout=${KEEP_ALIVE_TIMEOUT_MS / 1000}`);
  });

  test('requests sent ahead are answered in order, one at a time, and no more of them than the limit', async () => {
    const answered: string[] = [];
    kit.server.onAnswered(({ method }) => answered.push(method));
    const body = (method: string) => `{"jsonrpc":"2.0","id":"${method}","method":"${method}","params":[]}`;
    const raw = (method: string) =>
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body(method).length}\r\n\r\n${body(method)}`;
    const socket = connect(kit.server.address.port, '127.0.0.1');
    sockets.push(socket);
    // The first waits for a turn of the event loop, the others would not have to.
    const methods = ['rpc.discover', 'eth_chainId', 'net_version'];
    socket.write(methods.map(raw).join(''));
    let text = '';
    for await (const data of socket) {
      text += String(data);
      if (text.includes('"id":"net_version"')) break;
    }
    expect(answered).toEqual(methods);

    const greedy = connect(kit.server.address.port, '127.0.0.1');
    greedy.on('error', () => {});
    greedy.write(raw('rpc.discover').repeat(MAX_PIPELINED_REQUESTS + 1));
    const got = await textOf(greedy);
    expect(got.split('HTTP/1.1 200').length - 1).toBeLessThan(MAX_PIPELINED_REQUESTS);
    expect((await answers()).status).toBe(200);
  });

  test('one whose upgrade was refused does not stay, and stopping does not wait for it', async () => {
    const socket = await open();
    socket.write('GET /other HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.resume();
    await once(socket, 'end');
    await kit.server.stop();
  });

  test('a crowd that says nothing keeps nobody out', async () => {
    for (let i = 0; i < MAX_SOCKETS + 10; i++) {
      const socket = connect(kit.server.address.port, '127.0.0.1');
      socket.on('error', () => {});
      sockets.push(socket);
    }
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (let i = 0; i < 3; i++) expect((await answers()).status).toBe(200);
    const first = sockets[0] as Socket;
    if (!first.readableEnded) await once(first.resume(), 'end');
  });
});

test('a handshake of TLS that does not come to its end is given up in time', async () => {
  const [tlsCertPath, tlsKeyPath] = ['testOnly.cert.pem', 'testOnly.key.pem'].map((name) =>
    fileURLToPath(new URL(`../../../../../test/vectors/tls/${name}`, import.meta.url)),
  ) as [string, string];
  const kit = await RpcKit.start({ config: { tlsCertPath, tlsKeyPath } });
  const { port } = kit.server.address;
  const silent = connect(port, '127.0.0.1');
  silent.on('error', () => {});
  await once(silent, 'connect');
  // Accepted after the silent one.
  const ca = readFileSync(tlsCertPath, 'utf8');
  const answer = await rawHttp({ url: kit.url, headers: JSON_TYPE, body: CHAIN_ID, ca });
  expect(answer.status).toBe(200);
  const ended = once(silent.resume(), 'close');
  kit.runtime.advance(HEADERS_TIMEOUT_MS + SWEEP_MS);
  await ended;
  await kit.stop();
});

/** Status line of a chunked request, which has no length. The node may close before it has read all of it. */
function chunkedStatus(body: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(rpc.server.address.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.once('data', (data) => {
      resolve(String(data).split('\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    socket.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
  });
}
