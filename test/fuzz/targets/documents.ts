import { isDeepStrictEqual } from 'node:util';
import {
  commitState,
  decryptKey,
  encryptKey,
  genesisChanges,
  genesisToJson,
  MemoryKeyValues,
  parseGenesis,
  proveAccount,
  StateJournal,
  toHex,
  verifyAccountProof,
} from '@wattchain/core';
import { deployForGenesis } from '@wattchain/market';
import { assemble, formatArtifact, parseArtifact } from '@wattchain/vm';
import { TEST_RULES, testAccount } from '../../../packages/market/testing/marketVm.js';
import { NODE_DEFAULTS, resolveNodeConfig } from '../../../packages/node/src/config.js';
import { ALICE, BOB, crowdedGenesis, testGenesis } from '../../../packages/node/testing/chainKit.js';
import { COUNTER } from '../../../packages/node/testing/rpcKit.js';
import { TOKEN } from '../../../packages/vm/testing/token.js';
import { bytesOf, JSON_TEXT, type Tree } from '../structure.js';
import { mustHold, type Target, unlessRefused } from '../target.js';

/** JSON that a person or a program wrote into a file. */
function document(
  name: string,
  inputsPerRound: number,
  seeds: () => readonly unknown[],
  read: (json: Tree) => boolean,
): Target {
  return {
    name,
    inputsPerRound,
    maxBytes: 16_384,
    structure: JSON_TEXT,
    seeds: () => seeds().map((value) => bytesOf(JSON.stringify(value))),
    run: (input) => {
      const json = JSON_TEXT.parse(input);
      return json === undefined ? false : read(json);
    },
  };
}

const genesis = document(
  'genesis',
  256,
  () => [
    genesisToJson(testGenesis()),
    genesisToJson(
      testGenesis({
        testbed: true,
        development: true,
        firstTarget: `0x${'f'.repeat(64)}`,
        community: { name: 'a row', clock: 'Europe/Berlin' },
      }),
    ),
    {
      ...genesisToJson(testGenesis({ miners: [ALICE.address] })),
      contracts: [{ name: 'Counter', address: BOB.address, code: COUNTER.code, storage: { '0x01': '0x02' } }],
    },
    { ...genesisToJson(testGenesis()), contracts: deployForGenesis(TEST_RULES).slice(0, 1) },
  ],
  (json) => {
    const read = unlessRefused(() => parseGenesis(json));
    if (read === undefined) return false;
    const again = parseGenesis(JSON.parse(JSON.stringify(genesisToJson(read))));
    mustHold(again.hash === read.hash, 'the canonical form is the genesis of another network');
    return true;
  },
);

const config = document(
  'config',
  2_048,
  () => [
    {},
    {
      ...NODE_DEFAULTS,
      reading: { host: '0.0.0.0', port: 1 },
      mine: { ...NODE_DEFAULTS.mine, enabled: true, address: ALICE.address },
    },
    {
      p2p: {
        listen: ['/ip4/127.0.0.1/tcp/4001'],
        peers: ['/dns4/a.example/tcp/4001/p2p/12D3KooW'],
        allow: ['12D3KooW'],
      },
    },
    {
      rpc: {
        host: '::1',
        port: 8545,
        allowedOrigins: ['http://localhost:5173'],
        proxies: ['10.0.0.1'],
        tlsCertPath: 'a',
        tlsKeyPath: 'b',
      },
    },
  ],
  (json) => {
    const read = unlessRefused(() => resolveNodeConfig(json, '/data'));
    if (read === undefined) return false;
    mustHold(read.dataDir === '/data' && Array.isArray(read.p2p.listen), 'a configuration is not complete');
    return true;
  },
);

const PASSPHRASE = 'a passphrase';
/** Rounds of a key file here: those that a file may ask for take seconds. */
const MAX_COSTS: Readonly<Record<string, number>> = { n: 2 ** 7, r: 8, p: 1, c: 2 ** 8 };

/** What makes a key file costly to open made cheap; everything else stays as it is. */
function cheap(json: Tree): Tree {
  if (!isRecord(json)) return json;
  const less = Object.entries(json).map(([name, value]): [string, Tree] => {
    const isCost = ['n', 'r', 'p', 'c'].includes(name) && typeof value === 'number';
    return [name, isCost ? Math.min(value, MAX_COSTS[name] ?? 1) : cheap(value)];
  });
  return Object.fromEntries(less);
}

const isRecord = (json: Tree): json is { readonly [name: string]: Tree } =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof Uint8Array);

const keystore = document(
  'keystore',
  128,
  () => [
    encryptKey(ALICE.key, PASSPHRASE, {
      salt: new Uint8Array(32).fill(1),
      iv: new Uint8Array(16).fill(2),
      uuid: new Uint8Array(16).fill(3),
      scryptN: 2,
    }),
    {
      version: 3,
      crypto: {
        cipher: 'aes-128-ctr',
        cipherparams: { iv: '00'.repeat(16) },
        ciphertext: '11'.repeat(32),
        mac: '22'.repeat(32),
        kdf: 'pbkdf2',
        kdfparams: { c: 1, dklen: 32, prf: 'hmac-sha256', salt: '33' },
      },
    },
  ],
  (json) => {
    const key = unlessRefused(() => decryptKey(cheap(json), PASSPHRASE));
    // Without an address nothing in the format tells that the start of the cipher was changed.
    const isNamed = isRecord(json) && json.address !== undefined && json.address !== '';
    mustHold(
      !isNamed || key === undefined || toHex(key) === toHex(ALICE.key),
      'a changed key file opens with another key',
    );
    return key !== undefined;
  },
);

const artifact = document(
  'artifact',
  256,
  () => [COUNTER, assemble(TOKEN, 'token.wca')],
  (json) => {
    const read = unlessRefused(() => parseArtifact(json, 'fuzz.json'));
    if (read === undefined) return false;
    const again = parseArtifact(JSON.parse(formatArtifact(read)), 'fuzz.json');
    mustHold(isDeepStrictEqual(again, read), 'an artifact is another one when it is written and read again');
    return true;
  },
);

/** A state, its root, and true answers about it. */
function provenState() {
  const state = new MemoryKeyValues();
  const { changes, codes } = genesisChanges(crowdedGenesis());
  const { writes, root: stateRoot } = commitState(state, changes);
  state.apply([...writes, ...codes]);
  const answerOf = (address: typeof ALICE.address) => {
    const { account, proof, storage } = proveAccount(state, address, [0n, 5n]);
    return {
      address,
      balance: `0x${account.balance.toString(16)}`,
      nonce: `0x${account.nonce.toString(16)}`,
      codeHash: account.codeHash ?? '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
      accountProof: proof,
      storageProof: storage.map(({ slot, value, proof: words }) => ({
        key: `0x${slot.toString(16)}`,
        value: `0x${value.toString(16)}`,
        proof: words,
      })),
    };
  };
  return {
    stateRoot,
    state: new StateJournal(state),
    answers: [ALICE.address, BOB.address, testAccount(9).address].map(answerOf),
  };
}
let proven: ReturnType<typeof provenState> | undefined;

const accountProof = document(
  'accountProof',
  1_024,
  () => {
    proven ??= provenState();
    return proven.answers;
  },
  (json) => {
    proven ??= provenState();
    const { value } = verifyAccountProof(proven.stateRoot, json);
    if (value === undefined) return false;
    const { address, account, storage } = value;
    mustHold(
      proven.state.balance(address) === account.balance && proven.state.nonce(address) === account.nonce,
      'a false account is proven',
    );
    for (const { slot, value: word } of storage) {
      mustHold(proven.state.storage(address, slot) === word, 'a false word of storage is proven');
    }
    return true;
  },
);

export const DOCUMENT_TARGETS: readonly Target[] = [genesis, config, keystore];
export { accountProof, artifact };
