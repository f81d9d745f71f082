import { describe, expect, it } from 'vitest';
import type { Address } from '../bytes.js';
import { bigIntToBytes, toHex } from '../bytes.js';
import { keccak256 } from '../hash.js';
import { accountKey, encodeAccount, encodeWord, storageKey } from './account.js';
import { EMPTY_CODE_HASH, proveAccount, verifyAccountProof } from './accountProof.js';
import { commitState } from './commit.js';
import { MemoryKeyValues } from './overlay.js';

const addressAt = (index: number): Address => toHex(bigIntToBytes(BigInt(index), 20));
const CODE_HASH = toHex(keccak256(Uint8Array.of(1, 2, 3)));
/** Has code, and the words 7 and 2^256 − 1 in the slots 0 and 5. */
const CONTRACT = addressAt(40);

function exampleState() {
  const changes = Array.from({ length: 60 }, (_, index) => ({
    key: accountKey(addressAt(index)),
    before: undefined,
    after: encodeAccount({
      nonce: index,
      balance: BigInt(index) * 10n ** 18n,
      codeHash: index === 40 ? CODE_HASH : null,
    }),
  }));
  const words = [
    [0n, 7n],
    [5n, 2n ** 256n - 1n],
  ] as const;
  for (const [slot, word] of words) {
    changes.push({ key: storageKey(CONTRACT, slot), before: undefined, after: encodeWord(word) as Uint8Array });
  }
  const state = new MemoryKeyValues();
  const { root, writes } = commitState(
    state,
    // Nonce 0 and balance 0: the first one does not exist.
    changes.slice(1),
  );
  state.apply(writes);
  return { state, root };
}

const { state, root } = exampleState();

/** As `eth_getProof` answers. */
function answerFor(address: Address, slots: readonly bigint[]) {
  const { account, proof, storage } = proveAccount(state, address, slots);
  return {
    address,
    nonce: `0x${account.nonce.toString(16)}`,
    balance: `0x${account.balance.toString(16)}`,
    codeHash: account.codeHash ?? EMPTY_CODE_HASH,
    storageHash: root,
    accountProof: [...proof],
    storageProof: storage.map(({ slot, value, proof: path }) => ({
      key: `0x${slot.toString(16)}`,
      value: `0x${value.toString(16)}`,
      proof: [...path],
    })),
  };
}

describe('account proofs', () => {
  it('prove an account and its words, also those that are 0', () => {
    expect(verifyAccountProof(root, answerFor(CONTRACT, [0n, 5n, 6n]))).toEqual({
      value: {
        address: CONTRACT,
        account: { nonce: 40, balance: 40n * 10n ** 18n, codeHash: CODE_HASH },
        storage: [
          { slot: 0n, value: 7n },
          { slot: 5n, value: 2n ** 256n - 1n },
          { slot: 6n, value: 0n },
        ],
      },
    });
  });

  it('prove that an account does not exist', () => {
    for (const address of [addressAt(0), addressAt(1_000), addressAt(77_777)]) {
      const outcome = verifyAccountProof(root, answerFor(address, [1n]));
      expect(outcome.value).toEqual({
        address,
        account: { nonce: 0, balance: 0n, codeHash: null },
        storage: [{ slot: 1n, value: 0n }],
      });
    }
  });

  it('are taken in the types that a client library makes of them', () => {
    const answer = answerFor(CONTRACT, [5n]);
    const converted = {
      ...answer,
      address: answer.address.toUpperCase().replace('0X', '0x'),
      nonce: Number(answer.nonce),
      balance: BigInt(answer.balance),
      storageProof: answer.storageProof.map((entry) => ({ ...entry, value: BigInt(entry.value) })),
    };
    expect(verifyAccountProof(root, converted)).toEqual(verifyAccountProof(root, answer));
  });

  it('do not hold for anything else', () => {
    const answer = answerFor(CONTRACT, [0n, 6n]);
    const [first, second] = answer.storageProof;
    const wrong: [string, object][] = [
      ['accountProof', { nonce: '0x29' }],
      ['accountProof', { balance: '0x1' }],
      ['accountProof', { codeHash: EMPTY_CODE_HASH }],
      ['accountProof', { address: addressAt(41) }],
      ['accountProof', { accountProof: answer.accountProof.slice(1) }],
      ['accountProof', { accountProof: answer.accountProof.slice(0, -1) }],
      ['storageProof[0]', { storageProof: [{ ...first, value: '0x8' }] }],
      ['storageProof[0]', { storageProof: [{ ...first, key: '0x5' }] }],
      ['storageProof[1]', { storageProof: [first, { ...second, value: '0x1' }] }],
      ['storageProof[1]', { storageProof: [first, { ...second, proof: first?.proof }] }],
    ];
    for (const [field, change] of wrong) {
      expect(verifyAccountProof(root, { ...answer, ...change }), JSON.stringify(change)).toEqual({
        fault: { code: 'proofMismatch', field },
      });
    }
    expect(verifyAccountProof(CODE_HASH, answer)).toEqual({ fault: { code: 'proofMismatch', field: 'accountProof' } });
  });

  it.each([
    [null, 'address'],
    ['text', 'address'],
    [{}, 'address'],
    [{ address: '0x12' }, 'address'],
    [{ nonce: '0x' }, 'nonce'],
    [{ nonce: -1 }, 'nonce'],
    [{ nonce: 1.5 }, 'nonce'],
    [{ nonce: `0x${'f'.repeat(64)}` }, 'nonce'],
    [{ balance: 2n ** 256n }, 'balance'],
    [{ balance: '12' }, 'balance'],
    [{ codeHash: '0x' }, 'codeHash'],
    [{ accountProof: 'x' }, 'accountProof'],
    [{ accountProof: ['0x12'] }, 'accountProof'],
    [{ accountProof: [`0x01${'00'.repeat(64)}`] }, 'accountProof'],
    [{ accountProof: Array(258).fill(CODE_HASH) }, 'accountProof'],
    [{ storageProof: {} }, 'storageProof'],
    [{ storageProof: [null] }, 'storageProof[0].key'],
    [{ storageProof: [{ key: '0x0' }] }, 'storageProof[0].value'],
    [{ storageProof: [{ key: '0x0', value: '0x7' }] }, 'storageProof[0].proof'],
  ])('%o is no proof because of its %s', (change, field) => {
    const isChange = typeof change === 'object' && change !== null && Object.keys(change).length > 0;
    const answer = isChange ? { ...answerFor(CONTRACT, []), ...change } : change;
    expect(verifyAccountProof(root, answer)).toMatchObject({ fault: { code: 'proofField', field } });
  });
});
