/** A door for looking: what a phone in the local network, or a stranger there, gets and what nobody gets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawHttp } from '../../../testing/rawHttp.js';
import { RpcKit } from '../../../testing/rpcKit.js';
import { METHOD_TABLE } from '../methods/methodTable.js';
import { READING_METHODS } from '../methods/readingMethods.js';
import { Page } from './page.js';

const folder = mkdtempSync(join(tmpdir(), 'wattchain-reading-'));
writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Wattchain</title>');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a door for looking', () => {
  let rpc: RpcKit;
  beforeAll(async () => {
    // As on a local network: not loopback, not TLS.
    rpc = await RpcKit.start({
      config: { host: '0.0.0.0' },
      page: { page: Page.read(folder).forReading(), isForReading: true },
    });
  });
  afterAll(() => rpc.stop());

  const host = () => `127.0.0.1:${rpc.server.address.port}`;
  const url = () => `http://${host()}`;
  const call = async (method: string, headers: Record<string, string> = {}) => {
    const { status, body } = await rawHttp({
      url: url(),
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] }),
    });
    return { status, answer: JSON.parse(body) as { error?: { code: number; message: string }; result?: unknown } };
  };

  test('shows the page without a token, and the page is told that one can only look', async () => {
    const { status, body } = await rawHttp({ url: url(), method: 'GET', path: '/community' });
    expect(status).toBe(200);
    expect(body).toContain('<meta name="wattchain-door" content="reading">');
  });

  test('answers what the page reads with', async () => {
    expect((await call('eth_chainId')).answer).toHaveProperty('result');
    expect((await call('watt_status')).answer).toHaveProperty('result');
  });

  test('sends nothing and controls nothing, even for who shows the token', async () => {
    const shut = [...METHOD_TABLE.keys()].filter((name) => !READING_METHODS.has(name));
    expect(shut).toEqual(
      expect.arrayContaining(['eth_sendRawTransaction', 'watt_submitWork', 'watt_addPeer', 'debug_traceTransaction']),
    );
    for (const name of shut) {
      const { answer } = await call(name, { authorization: `Bearer ${'5e'.repeat(32)}` });
      expect(answer, name).toMatchObject({ error: { code: -32601 } });
      expect(answer.error?.message, name).toContain('this door is for looking');
    }
    const controlling = [...METHOD_TABLE.values()].filter(({ needsToken }) => needsToken).map(({ name }) => name);
    expect(controlling.filter((name) => READING_METHODS.has(name))).toEqual([]);
  });

  test('keeps the rules of every door: names that nobody listed and pages of others are turned away', async () => {
    expect((await call('eth_chainId', { host: 'rebound.example' })).status).toBe(403);
    expect((await call('eth_chainId', { origin: 'http://rebound.example' })).status).toBe(403);
    expect((await call('eth_chainId', { origin: url() })).status).toBe(200);
    expect((await call('eth_chainId', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  test('has no metrics', async () => {
    expect((await rawHttp({ url: url(), method: 'GET', path: '/metrics' })).status).toBe(404);
  });
});
