import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadNodeConfig, NODE_DEFAULTS, resolveNodeConfig } from './config.js';

const PEER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo';

describe('resolveNodeConfig', () => {
  it('fills in the defaults and makes paths absolute', () => {
    const config = resolveNodeConfig(
      { mine: { sealKeyPath: 'seal.key', duty: 0.1 }, genesisPath: '../net.json' },
      '/data/a',
    );
    expect(config).toEqual({
      ...NODE_DEFAULTS,
      dataDir: '/data/a',
      genesisPath: '/data/net.json',
      mine: { ...NODE_DEFAULTS.mine, duty: 0.1, sealKeyPath: '/data/a/seal.key' },
    });
    expect(resolveNodeConfig({}, '/data/a').genesisPath).toBe('/data/a/genesis.json');
  });

  it('takes the members of a network, and a file with its key', () => {
    const { p2p, mine } = resolveNodeConfig(
      { p2p: { members: [PEER], allow: [PEER], pskPath: 'network.key' }, mine: { minMembers: 1 } },
      '/data/a',
    );
    expect([p2p.members, p2p.allow, p2p.pskPath, mine.minMembers]).toEqual([[PEER], [PEER], '/data/a/network.key', 1]);
    expect(resolveNodeConfig({}, '/data/a').p2p).not.toHaveProperty('members');
  });

  it('takes an address with its checksum', () => {
    // The first test address of EIP-55.
    const address = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
    expect(resolveNodeConfig({ mine: { address } }, '.').mine.address).toBe(address.toLowerCase());
  });

  it.each<[unknown, string]>([
    [[], 'the configuration is [], expected an object'],
    [{ rcp: {} }, 'rcp in the configuration is {}, expected no field of this name'],
    [{ rpc: { prot: 1 } }, 'rpc.prot in the configuration is 1, expected no field of this name'],
    [{ constructor: {} }, 'constructor in the configuration is {}, expected no field of this name'],
    [{ toString: 1 }, 'toString in the configuration is 1, expected no field of this name'],
    [{ rpc: { valueOf: 1 } }, 'rpc.valueOf in the configuration is 1, expected no field of this name'],
    [
      JSON.parse('{"__proto__": {"port": 1}}'),
      '__proto__ in the configuration is {"port":1}, expected no field of this name',
    ],
    [
      JSON.parse('{"rpc": {"__proto__": 1}}'),
      'rpc.__proto__ in the configuration is 1, expected no field of this name',
    ],
    [{ reading: { port: 8549 } }, 'reading in the configuration is {"port":8549}, expected host and port, both'],
    [{ rpc: { port: 65_536 } }, 'rpc.port in the configuration is 65536, expected a whole number from 0 to 65535'],
    [{ p2p: { listen: '/ip4/127.0.0.1/tcp/1' } }, 'expected a list of multiaddrs such as /ip4/10.0.0.2/tcp/30303'],
    [{ p2p: { peers: ['127.0.0.1:30303'] } }, 'expected a list of multiaddrs such as /ip4/10.0.0.2/tcp/30303'],
    [{ rpc: { proxies: ['proxy.example'] } }, 'expected a list of IP addresses such as 10.0.0.2'],
    [{ rpc: { allowedOrigins: ['localhost:5173'] } }, 'expected a list of origins such as http://localhost:5173'],
    [{ rpc: { allowedOrigins: ['https://a.example/'] } }, 'expected a list of origins such as http://localhost:5173'],
    [{ p2p: { allow: PEER } }, 'expected a list of at most 64 different peer ids such as 12D3KooW…'],
    [{ p2p: { allow: ['12D3KooW'] } }, 'expected a list of at most 64 different peer ids'],
    [{ p2p: { members: [PEER, `${PEER.slice(0, -1)}0`] } }, 'expected a list of at most 64 different peer ids'],
    [{ p2p: { members: [PEER, PEER] } }, 'expected a list of at most 64 different peer ids'],
    [
      { p2p: { members: [PEER], allow: [] } },
      `p2p.allow in the configuration is [], expected all of p2p.members, so ${PEER} too`,
    ],
    [{ mine: { minPeers: 2 } }, 'mine.minPeers in the configuration is 2, expected no field of this name'],
    [{ mine: { minMembers: 0 } }, 'mine.minMembers in the configuration is 0, expected a whole number from 1 to 64'],
    [{ mine: { duty: 0 } }, 'mine.duty in the configuration is 0, expected a number from 0.01 to 1'],
    [{ mine: { threads: 1.5 } }, 'mine.threads in the configuration is 1.5'],
    [{ mine: { address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD' } }, 'expected an address'],
    [{ log: { level: 'loud' } }, 'expected "debug" or "info" or "warn" or "error" or "silent"'],
    [{ nobleAlone: 'yes' }, 'nobleAlone in the configuration is "yes", expected true or false'],
    [{ mempool: null }, 'mempool in the configuration is null, expected an object'],
  ])('refuses %j', (input, message) => {
    expect(() => resolveNodeConfig(input, '.')).toThrow(message);
  });
});

describe('loadNodeConfig', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wattchain-config-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('reads the file of a data directory, or takes the defaults', () => {
    expect(loadNodeConfig(directory).rpc.port).toBe(8545);
    writeFileSync(join(directory, 'config.json'), '{"rpc":{"port":9000}}');
    expect(loadNodeConfig(directory)).toMatchObject({ dataDir: directory, rpc: { port: 9000, host: '127.0.0.1' } });
    writeFileSync(join(directory, 'config.json'), '{"rpc":');
    expect(() => loadNodeConfig(directory)).toThrow(/config.json is not JSON/);
  });
});
