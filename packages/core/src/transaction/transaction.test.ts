import { Transaction as EthersTransaction, getCreateAddress, type TransactionRequest, Wallet } from 'ethers';
import fc from 'fast-check';
import {
  parseTransaction,
  recoverTransactionAddress,
  serializeTransaction,
  type TransactionSerializable,
  type TransactionSerialized,
  keccak256 as viemKeccak,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { type Address, bigIntToBytes, EMPTY_BYTES, fromHex, type Hex, toHex } from '../bytes.js';
import { addressOf } from '../keys.js';
import { MAX_CHAIN_ID, MAX_TRANSACTION_BYTES } from '../params.js';
import { decodeRlp, encodeRlp, encodeRlpNumber, type RlpItem } from './rlp.js';
import { contractAddress, decodeTransaction, signTransaction } from './transaction.js';
import type { Transaction, UnsignedFeeMarket, UnsignedLegacy, UnsignedTransaction } from './types.js';

const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const privateKeys = fc.bigInt({ min: 1n, max: N - 1n }).map((scalar) => bigIntToBytes(scalar, 32));
const words = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const addresses = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(toHex);
/** Prices whose product with any gas limit is a word. */
const prices = fc.bigInt({ min: 0n, max: 2n ** 203n - 1n });
const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const accessList = fc.array(
  fc.record({ address: addresses, storageKeys: fc.array(hashes, { maxLength: 3 }) }, { noNullPrototype: true }),
  { maxLength: 3 },
);
const common = {
  nonce: fc.maxSafeNat(),
  gasLimit: fc.maxSafeNat(),
  to: fc.option(addresses),
  value: words,
  data: fc.uint8Array({ maxLength: 300 }),
  chainId: fc.integer({ min: 1, max: MAX_CHAIN_ID }),
};
const legacy: fc.Arbitrary<UnsignedLegacy> = fc.record({ ...common, gasPrice: prices });
const unsigned: fc.Arbitrary<UnsignedTransaction> = fc.oneof(
  legacy,
  fc.record({ ...common, type: fc.constant(1 as const), gasPrice: prices, accessList }),
  fc
    .record({
      ...common,
      type: fc.constant(2 as const),
      maxFeePerGas: prices,
      maxPriorityFeePerGas: prices,
      accessList,
    })
    .filter(({ maxFeePerGas, maxPriorityFeePerGas }) => maxPriorityFeePerGas <= maxFeePerGas),
);
const VIEM_TYPES = ['legacy', 'eip2930', 'eip1559'] as const;

/** The example of EIP-155. */
const EXAMPLE_KEY = new Uint8Array(32).fill(0x46);
const EXAMPLE: UnsignedLegacy = {
  nonce: 9,
  gasPrice: 20n * 10n ** 9n,
  gasLimit: 21_000,
  to: '0x3535353535353535353535353535353535353535',
  value: 10n ** 18n,
  data: EMPTY_BYTES,
  chainId: 1,
};
const EXAMPLE_RAW: Hex =
  '0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83';

const TYPED: UnsignedFeeMarket = {
  type: 2,
  nonce: 9,
  maxFeePerGas: 3n,
  maxPriorityFeePerGas: 2n,
  gasLimit: 21_000,
  to: EXAMPLE.to,
  value: 1n,
  data: EMPTY_BYTES,
  chainId: 1,
  accessList: [{ address: '0x3535353535353535353535353535353535353535', storageKeys: [`0x${'07'.repeat(32)}`] }],
};

/** The fields of the example's RLP, each to be replaced. */
function withField(index: number, item: RlpItem): Uint8Array {
  const fields = [...(decodeRlp(fromHex(EXAMPLE_RAW)).value as RlpItem[])];
  fields[index] = item;
  return encodeRlp(fields);
}

describe('signTransaction', () => {
  it('gives the example of EIP-155', () => {
    const tx = signTransaction(EXAMPLE, EXAMPLE_KEY);
    expect(toHex(tx.raw)).toBe(EXAMPLE_RAW);
    expect(tx.sender).toBe('0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f');
    expect(tx.hash).toBe(viemKeccak(EXAMPLE_RAW));
  });

  it('agrees with ethers and viem, and decodes to itself', async () => {
    await fc.assert(
      fc.asyncProperty(unsigned, privateKeys, async (tx, privateKey) => {
        const signed = signTransaction(tx, privateKey);
        const data = toHex(tx.data);
        const byEthers = EthersTransaction.from(
          await new Wallet(toHex(privateKey)).signTransaction({ type: 0, ...tx, data } as TransactionRequest),
        );
        expect(toHex(signed.raw)).toBe(byEthers.serialized);
        expect(signed.hash).toBe(byEthers.hash);
        expect(signed.sender).toBe(byEthers.from?.toLowerCase());
        // viem takes the gas as a bigint and writes 0 and no data by leaving them out.
        const byViem = await privateKeyToAccount(toHex(privateKey)).signTransaction(
          { ...tx, type: VIEM_TYPES[signed.type], gas: BigInt(tx.gasLimit), data } as TransactionSerializable,
          { serializer: serializeTransaction },
        );
        expect(toHex(signed.raw)).toBe(byViem);
        expect(await recoverTransactionAddress({ serializedTransaction: byViem as TransactionSerialized })).toBe(
          byEthers.from,
        );
        expect(decodeTransaction(signed.raw, tx.chainId)).toEqual({ value: signed });
      }),
      { numRuns: 40 },
    );
  });

  it.each<[Partial<UnsignedLegacy>, string]>([
    [{ nonce: -1 }, "the transaction's nonce is -1, expected a whole number between 0 and 9007199254740991"],
    [{ nonce: 1.5 }, "the transaction's nonce is 1.5"],
    [{ gasLimit: 2 ** 53 }, "the transaction's gasLimit is 9007199254740992"],
    [{ chainId: 0 }, "the transaction's chainId is 0, expected a whole number between 1 and 2147483647"],
    [{ chainId: 2 ** 31 }, "the transaction's chainId is 2147483648"],
    [{ gasPrice: -1n }, "the transaction's gasPrice is -1"],
    [{ value: 2n ** 256n }, "the transaction's value is 1157"],
    [{ to: '0x35' }, "the transaction's to is 0x35"],
    [{ data: new Uint8Array(MAX_TRANSACTION_BYTES) }, "the transaction's data is of 65"],
    [{ gasPrice: 2n ** 256n - 1n }, "the transaction's gasLimit is 21000, expected gasLimit · gas price below 2^256"],
  ])('refuses what no transaction can hold: %o', (wrong, message) => {
    expect(() => signTransaction({ ...EXAMPLE, ...wrong }, EXAMPLE_KEY)).toThrow(message);
    expect(() => signTransaction({ ...EXAMPLE, ...wrong }, EXAMPLE_KEY)).toThrow(
      expect.objectContaining({ code: 'badTransaction' }),
    );
  });
});

describe('decodeTransaction', () => {
  it('reads what viem reads', () => {
    const tx = decodeTransaction(fromHex(EXAMPLE_RAW), 1).value as Transaction;
    const oracle = parseTransaction(EXAMPLE_RAW);
    expect([tx.nonce, tx.maxFeePerGas, tx.to, tx.value]).toEqual([
      oracle.nonce,
      oracle.gasPrice,
      oracle.to,
      oracle.value,
    ]);
    expect(BigInt(tx.gasLimit)).toBe(oracle.gas);
    expect(tx.signature.r).toBe(BigInt(oracle.r as Hex));
  });

  it('does not follow later changes of the buffer it read from', () => {
    const buffer = fromHex(EXAMPLE_RAW);
    const tx = decodeTransaction(buffer, 1).value as Transaction;
    buffer.fill(0);
    expect(toHex(tx.raw)).toBe(EXAMPLE_RAW);
  });

  it.each<[string, Uint8Array, object]>([
    ['nothing', EMPTY_BYTES, { code: 'txEncoding', detail: 'a transaction has at least one byte' }],
    [
      'an empty list as an EIP-1559 transaction',
      fromHex('0x02c0'),
      { code: 'txEncoding', detail: '12 fields are expected, got 0' },
    ],
    [
      'an envelope that is no list',
      fromHex('0x0201'),
      { code: 'txEncoding', detail: 'a list of fields follows the type' },
    ],
    ['a blob transaction', fromHex('0x03c0'), { code: 'txType', got: 3 }],
    ['a set-code transaction', fromHex('0x04c0'), { code: 'txType', got: 4 }],
    ['a legacy transaction in an envelope', fromHex('0x00c0'), { code: 'txType', got: 0 }],
    ...[0, 1, 2, 3, 0x7f].map((type): [string, Uint8Array, object] => [
      `the type ${type} alone`,
      Uint8Array.of(type),
      { code: 'txEncoding', detail: 'typed transaction too short: nothing follows the type' },
    ]),
    [
      'a byte string',
      fromHex('0x83646f67'),
      { code: 'txEncoding', detail: 'a transaction begins with a type or with a list' },
    ],
    [
      'too many bytes',
      new Uint8Array(MAX_TRANSACTION_BYTES + 1).fill(0xff),
      { code: 'txTooLarge', got: MAX_TRANSACTION_BYTES + 1, expected: MAX_TRANSACTION_BYTES },
    ],
    ['no fields', fromHex('0xc0'), { code: 'txEncoding', detail: '9 fields are expected, got 0' }],
    ['a list as a field', withField(0, []), { code: 'txEncoding', detail: 'nonce is a list' }],
    ['a leading zero', withField(0, Uint8Array.of(0, 9)), { code: 'txEncoding', detail: 'nonce has leading zeros' }],
    ['zero as a byte', withField(4, Uint8Array.of(0)), { code: 'txEncoding', detail: 'value has leading zeros' }],
    [
      'a nonce of 2^53',
      withField(0, encodeRlpNumber(2n ** 53n)),
      { code: 'txEncoding', detail: 'nonce is larger than 9007199254740991' },
    ],
    [
      'a gas limit of 2^53',
      withField(2, encodeRlpNumber(2n ** 53n)),
      { code: 'txEncoding', detail: 'gasLimit is larger than 9007199254740991' },
    ],
    [
      'a value of 2^256',
      withField(4, encodeRlpNumber(2n ** 256n)),
      { code: 'txEncoding', detail: `value is larger than ${2n ** 256n - 1n}` },
    ],
    [
      'half an address',
      withField(3, new Uint8Array(10)),
      { code: 'txEncoding', detail: 'to has 10 bytes, 0 or 20 are expected' },
    ],
    ['v 27', withField(6, Uint8Array.of(27)), { code: 'txUnprotected' }],
    ['v 28', withField(6, Uint8Array.of(28)), { code: 'txUnprotected' }],
    ['v 0', withField(6, EMPTY_BYTES), { code: 'txSignature', detail: 'v is 0, at least 35 is expected' }],
    ['v 34', withField(6, Uint8Array.of(34)), { code: 'txSignature', detail: 'v is 34, at least 35 is expected' }],
    ['another network', withField(6, Uint8Array.of(39)), { code: 'txChainId', got: 2, expected: 1 }],
    [
      'v of 32 bytes',
      withField(6, new Uint8Array(32).fill(255)),
      { code: 'txEncoding', detail: 'v is larger than 9007199254740991' },
    ],
    ['r 0', withField(7, EMPTY_BYTES), { code: 'txSignature', detail: '0 < r < n and 0 < s <= n/2 is expected' }],
    [
      'r n',
      withField(7, encodeRlpNumber(N)),
      { code: 'txSignature', detail: '0 < r < n and 0 < s <= n/2 is expected' },
    ],
    ['s 0', withField(8, EMPTY_BYTES), { code: 'txSignature', detail: '0 < r < n and 0 < s <= n/2 is expected' }],
    [
      'the other s (EIP-2)',
      withField(8, encodeRlpNumber(N - 0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83n)),
      { code: 'txSignature', detail: '0 < r < n and 0 < s <= n/2 is expected' },
    ],
    [
      'r that is no point',
      withField(7, Uint8Array.of(5)),
      { code: 'txSignature', detail: 'no key gives this signature' },
    ],
  ])('refuses %s', (_, raw, fault) => {
    expect(decodeTransaction(raw, 1)).toEqual({ fault });
  });

  it.each<[string, (fields: RlpItem[]) => void, object]>([
    [
      'a chain id of another network',
      (f) => f.splice(0, 1, Uint8Array.of(2)),
      { code: 'txChainId', got: 2, expected: 1 },
    ],
    ['no chain id', (f) => f.splice(0, 1, EMPTY_BYTES), { code: 'txChainId', got: 0, expected: 1 }],
    [
      'yParity 2',
      (f) => f.splice(9, 1, Uint8Array.of(2)),
      { code: 'txSignature', detail: 'yParity is 2, 0 or 1 is expected' },
    ],
    [
      'yParity 27',
      (f) => f.splice(9, 1, Uint8Array.of(27)),
      { code: 'txSignature', detail: 'yParity is 27, 0 or 1 is expected' },
    ],
    [
      'yParity as a zero byte',
      (f) => f.splice(9, 1, Uint8Array.of(0)),
      { code: 'txEncoding', detail: 'yParity has leading zeros' },
    ],
    [
      'the other s',
      (f) => f.splice(11, 1, encodeRlpNumber(N - 1n)),
      { code: 'txSignature', detail: '0 < r < n and 0 < s <= n/2 is expected' },
    ],
    [
      'a tip above the maximum',
      (f) => f.splice(2, 1, encodeRlpNumber(4n)),
      { code: 'txPriorityFee', got: 4n, expected: 3n },
    ],
    [
      'a product of more than 256 bits',
      (f) => f.splice(3, 1, encodeRlpNumber(2n ** 255n)),
      { code: 'txFeeOverflow', got: 21_000n * 2n ** 255n },
    ],
    [
      'an access list of bytes',
      (f) => f.splice(8, 1, EMPTY_BYTES),
      { code: 'txEncoding', detail: 'the access list is no list' },
    ],
    [
      'an entry of bytes',
      (f) => f.splice(8, 1, [EMPTY_BYTES]),
      { code: 'txEncoding', detail: 'the access list entry 0 is no list of an address and its keys' },
    ],
    [
      'an entry of three parts',
      (f) => f.splice(8, 1, [[new Uint8Array(20), [], []]]),
      { code: 'txEncoding', detail: 'the access list entry 0 is no list of an address and its keys' },
    ],
    [
      'an entry whose keys are bytes',
      (f) => f.splice(8, 1, [[new Uint8Array(20), EMPTY_BYTES]]),
      { code: 'txEncoding', detail: 'the access list entry 0 has no list of keys' },
    ],
    [
      'a list as a key',
      (f) => f.splice(8, 1, [[new Uint8Array(20), [[]]]]),
      { code: 'txEncoding', detail: 'the access list entry 0 has a list among its keys' },
    ],
    [
      'a list as an address',
      (f) => f.splice(8, 1, [[[], []]]),
      { code: 'txEncoding', detail: 'the access list entry 0 begins with a list, an address is expected' },
    ],
    ['a field more', (f) => f.push(EMPTY_BYTES), { code: 'txEncoding', detail: '12 fields are expected, got 13' }],
  ])('refuses in type 2 %s', (_, change, fault) => {
    const fields = [...(decodeRlp(signTransaction(TYPED, EXAMPLE_KEY).raw.subarray(1)).value as RlpItem[])];
    change(fields);
    expect(decodeTransaction(Uint8Array.of(2, ...encodeRlp(fields)), 1)).toEqual({ fault });
  });

  it('takes no envelope for one of another type, and no byte after it', () => {
    const { raw } = signTransaction(TYPED, EXAMPLE_KEY);
    expect(decodeTransaction(Uint8Array.of(1, ...raw.subarray(1)), 1).fault?.code).toBe('txEncoding');
    expect(decodeTransaction(raw.subarray(1), 1).fault?.code).toBe('txEncoding');
    expect(decodeTransaction(Uint8Array.of(...raw, 0), 1).fault?.code).toBe('txEncoding');
    expect(decodeTransaction(raw, 2).fault?.code).toBe('txChainId');
  });

  it.each<[string, Uint8Array]>([
    ['legacy', fromHex(EXAMPLE_RAW)],
    ['EIP-1559', signTransaction(TYPED, EXAMPLE_KEY).raw],
  ])('accepts no other bytes for the same hash or the same payload: every flip, cut and extension of %s', (_, raw) => {
    const original = decodeTransaction(raw, 1).value as Transaction;
    for (let i = 0; i < raw.length; i++) {
      const flipped = raw.slice();
      flipped[i] = (flipped[i] as number) ^ (1 << (i % 8));
      const { value } = decodeTransaction(flipped, 1);
      if (value === undefined) continue;
      expect(value.hash).not.toBe(original.hash);
      // A changed transaction is never again one of the same sender.
      expect(value.sender).not.toBe(original.sender);
    }
    fc.assert(
      fc.property(fc.nat(raw.length), fc.uint8Array({ minLength: 1, maxLength: 3 }), (at, extra) => {
        const longer = Uint8Array.of(...raw.subarray(0, at), ...extra, ...raw.subarray(at));
        expect(decodeTransaction(longer, 1).value?.sender).not.toBe(original.sender);
        if (at < raw.length) expect(decodeTransaction(raw.subarray(0, at), 1).fault).toBeDefined();
      }),
    );
  });

  it('never throws, and what it accepts encodes to the same bytes', () => {
    const originals = [fromHex(EXAMPLE_RAW), signTransaction(TYPED, EXAMPLE_KEY).raw];
    const mutated = fc
      .tuple(
        fc.constantFrom(...originals),
        fc.nat(EXAMPLE_RAW.length / 2 - 2),
        fc.uint8Array({ maxLength: 4 }),
        fc.nat(4),
      )
      .map(([raw, at, insert, drop]) => {
        return Uint8Array.of(...raw.subarray(0, at), ...insert, ...raw.subarray(at + drop));
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 150 }), mutated), (raw) => {
        const { value } = decodeTransaction(raw, 1);
        if (value !== undefined) expect(toHex(value.raw)).toBe(toHex(raw));
      }),
      { numRuns: 500 },
    );
  });
});

describe('contractAddress', () => {
  it('knows the published example', () => {
    // The contract that 0x6ac7ea33… deployed with its first nonces.
    const sender = '0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0';
    expect(contractAddress(sender, 0)).toBe('0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d');
    expect(contractAddress(sender, 1)).toBe('0x343c43a37d37dff08ae8c4a11544c718abb4fcf8');
  });

  it('agrees with ethers', () => {
    fc.assert(
      fc.property(addresses, fc.maxSafeNat(), (sender: Address, nonce) => {
        expect(contractAddress(sender, nonce)).toBe(getCreateAddress({ from: sender, nonce }).toLowerCase());
      }),
    );
  });

  it('is the sender of a deployment that has none', () => {
    const deployment = signTransaction({ ...EXAMPLE, to: null }, EXAMPLE_KEY);
    expect(deployment.to).toBeNull();
    expect(deployment.sender).toBe(addressOf(EXAMPLE_KEY));
  });
});
