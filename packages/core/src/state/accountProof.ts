import { type Address, fromHex, type Hash, type Hex, isHexOf, toHex } from '../bytes.js';
import type { Outcome } from '../error.js';
import { keccak256 } from '../hash.js';
import { WORD_LIMIT } from '../params.js';
import {
  accountKey,
  decodeAccount,
  decodeWord,
  EMPTY_ACCOUNT,
  encodeAccount,
  encodeWord,
  isEmptyAccount,
  storageKey,
} from './account.js';
import { proveKey, type StateProof, verifyStateProof } from './proof.js';
import { leafRecord } from './treeNode.js';
import type { Account, KeyValueReader } from './types.js';

/**
 * A proof as it travels (EIP-1186 has a list of bytes): the hashes beside the path from the root down, 32 bytes each, at most
 * 256; then, unless the path ends in nothing, the leaf where it ends, `0x00 ‖ treeKey 32 ‖ valueHash 32`.
 */
export type EncodedProof = readonly Hex[];

/** An account, some words of its storage and the proofs of both, all against one state root. */
export interface AccountProof {
  readonly address: Address;
  readonly account: Account;
  readonly proof: EncodedProof;
  readonly storage: readonly { readonly slot: bigint; readonly value: bigint; readonly proof: EncodedProof }[];
}

/** What an answer of `eth_getProof` proves. An account that does not exist has nonce 0, balance 0 and no code. */
export interface ProvenAccount {
  readonly address: Address;
  readonly account: Account;
  readonly storage: readonly { readonly slot: bigint; readonly value: bigint }[];
}

/** Why an answer proves nothing: a field is not what it should be, or a proof does not lead to the root. */
export type ProofFault =
  | { readonly code: 'proofField'; readonly field: string; readonly got: unknown }
  | { readonly code: 'proofMismatch'; readonly field: string };

/** keccak256 of no bytes, which stands for "no code" at the RPC edge, as in Ethereum. */
export const EMPTY_CODE_HASH: Hash = toHex(keccak256(new Uint8Array(0)));

/** Nodes below which no tree reaches: a path has 256 bits. */
const MAX_SIBLINGS = 256;
const HASH_BYTES = 32;
const LEAF_BYTES = 65;

/** Proofs of an account and words of its storage from a state with its tree. */
export function proveAccount(reader: KeyValueReader, address: Address, slots: readonly bigint[]): AccountProof {
  const value = reader.get(accountKey(address));
  return {
    address,
    account: value === undefined ? EMPTY_ACCOUNT : decodeAccount(value),
    proof: encodeProof(proveKey(reader, accountKey(address))),
    storage: slots.map((slot) => {
      const key = storageKey(address, slot);
      return { slot, value: decodeWord(reader.get(key)), proof: encodeProof(proveKey(reader, key)) };
    }),
  };
}

/**
 * What an answer of `eth_getProof` proves under a state root that the caller trusts, such as that of a header whose proof of
 * work it checked. `answer` is taken as the node or viem's `getProof` gives it: numbers as hex text, number or bigint. Whoever asked compares
 * `address` and slots with the question; `storageHash` is not looked at, since words stand in the same tree as accounts.
 */
export function verifyAccountProof(stateRoot: Hash, answer: unknown): Outcome<ProvenAccount, ProofFault> {
  const fields = asObject(answer);
  const address = readAddress(fields.address);
  if (address === undefined) return wrongField('address', fields.address);
  const nonce = readNumber(fields.nonce, BigInt(Number.MAX_SAFE_INTEGER) + 1n);
  if (nonce === undefined) return wrongField('nonce', fields.nonce);
  const balance = readNumber(fields.balance, WORD_LIMIT);
  if (balance === undefined) return wrongField('balance', fields.balance);
  const { codeHash } = fields;
  if (!isHexOf(codeHash, HASH_BYTES)) return wrongField('codeHash', codeHash);
  const proof = decodeProof(fields.accountProof);
  if (proof === undefined) return wrongField('accountProof', fields.accountProof);

  const lowerCodeHash = codeHash.toLowerCase() as Hash;
  const account = { nonce: Number(nonce), balance, codeHash: lowerCodeHash === EMPTY_CODE_HASH ? null : lowerCodeHash };
  const value = isEmptyAccount(account) ? undefined : encodeAccount(account);
  if (!verifyStateProof(stateRoot, accountKey(address), value, proof)) {
    return { fault: { code: 'proofMismatch', field: 'accountProof' } };
  }
  const storage = verifyStorage(stateRoot, address, fields.storageProof);
  return storage.fault ? storage : { value: { address, account, storage: storage.value } };
}

function verifyStorage(
  stateRoot: Hash,
  address: Address,
  entries: unknown,
): Outcome<{ slot: bigint; value: bigint }[], ProofFault> {
  if (!Array.isArray(entries)) return wrongField('storageProof', entries);
  const words: { slot: bigint; value: bigint }[] = [];
  for (const [index, entry] of entries.entries()) {
    const at = `storageProof[${index}]`;
    const fields = asObject(entry);
    const slot = readNumber(fields.key, WORD_LIMIT);
    if (slot === undefined) return wrongField(`${at}.key`, fields.key);
    const value = readNumber(fields.value, WORD_LIMIT);
    if (value === undefined) return wrongField(`${at}.value`, fields.value);
    const proof = decodeProof(fields.proof);
    if (proof === undefined) return wrongField(`${at}.proof`, fields.proof);
    if (!verifyStateProof(stateRoot, storageKey(address, slot), encodeWord(value), proof)) {
      return { fault: { code: 'proofMismatch', field: at } };
    }
    words.push({ slot, value });
  }
  return { value: words };
}

function encodeProof({ siblings, leaf }: StateProof): EncodedProof {
  if (leaf === null) return siblings;
  return [...siblings, toHex(leafRecord(fromHex(leaf.treeKey), fromHex(leaf.valueHash)))];
}

/** `undefined` for what is no encoded proof. */
function decodeProof(value: unknown): StateProof | undefined {
  if (!Array.isArray(value) || value.length > MAX_SIBLINGS + 1) return undefined;
  const end: unknown = value.at(-1);
  const hasLeaf = isHexOf(end, LEAF_BYTES);
  const siblings: unknown[] = hasLeaf ? value.slice(0, -1) : value;
  if (!siblings.every((sibling): sibling is Hash => isHexOf(sibling, HASH_BYTES))) return undefined;
  if (!hasLeaf) return { siblings, leaf: null };
  const record = fromHex(end);
  if (record[0] !== 0) return undefined;
  return { siblings, leaf: { treeKey: toHex(record.subarray(1, 33)), valueHash: toHex(record.subarray(33)) } };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function readAddress(value: unknown): Address | undefined {
  return isHexOf(value, 20) ? (value.toLowerCase() as Address) : undefined;
}

/** A number below `limit` as hex text, number or bigint. */
function readNumber(value: unknown, limit: bigint): bigint | undefined {
  const isNumber =
    typeof value === 'bigint' ||
    Number.isSafeInteger(value) ||
    (typeof value === 'string' && /^0x[0-9a-fA-F]{1,64}$/.test(value));
  if (!isNumber) return undefined;
  const number = BigInt(value as string | number | bigint);
  return number >= 0n && number < limit ? number : undefined;
}

function wrongField(field: string, got: unknown): { readonly fault: ProofFault } {
  return { fault: { code: 'proofField', field, got } };
}
