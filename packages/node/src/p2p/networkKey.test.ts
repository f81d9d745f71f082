import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NetworkKit, until, untilHandshakes } from '../../testing/networkKit.js';
import { silentLogger } from '../base/log.js';
import { readNetworkKey } from './networkKey.js';

const fileOf = (digits: string) => `/key/swarm/psk/1.0.0/\n/base16/\n${digits}\n`;

let dir: string;
let net: NetworkKit;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wattchain-network-key-'));
  net = new NetworkKit();
});
afterEach(async () => {
  await net.stop();
  await rm(dir, { recursive: true });
});

async function keyFile(name: string, content: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
}

/** A log, and what it says at `info` and above of connections that come to nothing. */
function lineKeeper() {
  const lines: { readonly message: string; readonly error: string | undefined }[] = [];
  const waiting = new Set<() => void>();
  const note = (fields: { readonly error?: string }, message: string) => {
    if (!/not reached|not encrypted/.test(message)) return;
    lines.push({ message, error: fields.error });
    for (const look of waiting) look();
  };
  const said = (text: RegExp) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (lines.some(({ message, error }) => text.test(`${message}: ${error}`))) resolve();
      };
      waiting.add(look);
      look();
    });
  return { lines, said, log: { ...silentLogger, info: note, warn: note } };
}

describe('the key of a private network', () => {
  it('lets those talk to each other who have it', async () => {
    const pskPath = await keyFile('key', fileOf('5a'.repeat(32)));
    const a = await net.start({ pskPath });
    const b = await net.start({ pskPath, peers: [a.address] });
    await untilHandshakes([a, b], 1);
  });

  it.each([
    ['none', undefined],
    ['another one', 'a5'.repeat(32)],
  ])('shuts out who has %s, and each side says so in one line however often it is dialled', async (_, digits) => {
    const pskPath = await keyFile('key', fileOf('5a'.repeat(32)));
    const [inside, outside] = [lineKeeper(), lineKeeper()];
    const a = await net.start({ pskPath, log: inside.log });
    const other = digits === undefined ? {} : { pskPath: await keyFile('other', fileOf(digits)) };
    const b = await net.start({ ...other, log: outside.log, peers: [a.address] });
    await Promise.all([inside.said(/not encrypted.*network key/), outside.said(/not reached.*network key/)]);
    for (let times = 0; times < 2; times++) await b.network.addPeer(a.address).catch(() => undefined);
    expect([inside.lines.length, outside.lines.length]).toEqual([1, 1]);
    expect([a.network.handshakes, b.network.handshakes]).toEqual([0, 0]);
    // Whoever has the key comes in all the same.
    const c = await net.start({ pskPath, peers: [a.address] });
    await until([a, c], () => a.network.handshakes === 1);
  });
});

it.each(['', fileOf('5a'.repeat(31)), fileOf('xy'.repeat(32)), '5a'.repeat(32)])('is not %j', async (content) => {
  const path = await keyFile('bad', content);
  await expect(readNetworkKey(path)).rejects.toMatchObject({ code: 'badNetworkKey' });
});

it('is not a file that is missing', async () => {
  await expect(readNetworkKey(join(dir, 'missing'))).rejects.toMatchObject({ code: 'badNetworkKey' });
});
