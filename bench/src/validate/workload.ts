import {
  type Address,
  addressOf,
  EMPTY_BYTES,
  type Genesis,
  numberToBytes,
  parseGenesis,
  sha256,
  signTransaction,
  type Transaction,
  textToBytes,
  toHex,
} from '@wattchain/core';
import { assemble, encodeCall, intrinsicGas, selectorOf } from '@wattchain/vm';

/** Transactions of the workload come from so many accounts, in turns. */
const SENDERS = 40;
const CHAIN_ID = 20_000_001;
const GAS_PRICE = 10n ** 9n;
const COINS = 10n ** 24n;
/** When the network began. */
const START_MS = 1_700_000_000_000;
/** Enough for what a call below does. */
const CALL_GAS = 90_000;
const LEDGER: Address = `0x${'1ed9e7'.padStart(40, '0')}`;
const RECORD_SELECTOR = selectorOf('record(address,uint256)');

/** What a trade does to the state, without its rules: an entry of three words for whoever calls, two balances, one event. */
const LEDGER_SOURCE = `
.contract Ledger
.map     balances
.map     entries
.slot    count

.event   Recorded(address indexed from, address indexed to, uint256 amount)

.function record(address to, uint256 amount)
         caller  key balances  dup 1  sload  arg amount  add  swap 1  sstore
         arg to  key balances  dup 1  sload  arg amount  add  swap 1  sstore
         sload count  push 1  add  sstore count
         arg to       sload count  key entries  sstore
         caller  arg to  arg amount  log Recorded
         stop
`;

/** Accounts that get something: more than one block's transactions touch. */
const RECEIVERS = 1_000;

const keyOf = (index: number) => sha256(textToBytes('wattchain bench'), numberToBytes(index, 4));
/** Nobody needs their keys. */
const receiverOf = (index: number) => toHex(keyOf(SENDERS + index).subarray(12));

/** A network whose blocks need no search, with one contract. */
export function workloadGenesis(): Genesis {
  const { code } = assemble(LEDGER_SOURCE, 'ledger.wca');
  const easy = `0x${'ff'.repeat(32)}`;
  return parseGenesis({
    name: 'validation benchmark',
    chainId: CHAIN_ID,
    timestampMs: START_MS,
    blockIntervalMs: 1_000,
    firstTarget: easy,
    largestTarget: easy,
    blockGasLimit: 30_000_000,
    blockByteLimit: 1_000_000,
    minGasPriceWei: GAS_PRICE.toString(),
    blockRewardWei: '0',
    confirmations: 12,
    contracts: [{ name: 'Ledger', address: LEDGER, code }],
    alloc: Object.fromEntries(
      Array.from({ length: SENDERS }, (_, index) => [addressOf(keyOf(index)), { balance: COINS.toString() }]),
    ),
  });
}

/** Signed transactions, half of them transfers to accounts that are new or were there, half calls of the contract. */
export function makeWorkload(count: number): Transaction[] {
  return Array.from({ length: count }, (_, index) => {
    const sender = index % SENDERS;
    const nonce = Math.floor(index / SENDERS);
    const to = receiverOf(index % RECEIVERS);
    const isCall = (sender + nonce) % 2 === 1;
    const data = isCall ? encodeCall(RECORD_SELECTOR, [BigInt(to), BigInt(index)]) : EMPTY_BYTES;
    return signTransaction(
      {
        nonce,
        gasPrice: GAS_PRICE,
        gasLimit: isCall ? CALL_GAS : intrinsicGas(data, false, []),
        to: isCall ? LEDGER : to,
        value: isCall ? 0n : 1n,
        data,
        chainId: CHAIN_ID,
      },
      keyOf(sender),
    );
  });
}
