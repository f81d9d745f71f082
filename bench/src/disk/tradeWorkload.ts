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
import { assemble, encodeCall, selectorOf } from '@wattchain/vm';

const CHAIN_ID = 20_000_002;
const GAS_PRICE = 10n ** 9n;
const COINS = 10n ** 24n;
const START_MS = 1_751_587_200_000;
const START_S = BigInt(START_MS / 1000);
/** Households, each with a meter; transactions come from them in turns. */
const HOUSEHOLDS = 40;
/** Accounts that transfers go to. */
const RECEIVERS = 1_000;
const CALL_GAS = 400_000;
const TRANSFER_GAS = 21_000;
const TRADES: Address = `0x${'7ade5'.padStart(40, '0')}`;
const OFFER_SELECTOR = selectorOf('offer(uint256,uint256,uint256,uint256,uint256,uint256,uint256)');
const ACCEPT_SELECTOR = selectorOf('accept(uint256,uint256,uint256)');

/**
 * What offers and acceptances leave behind, without the rules of a market: as many arguments, storage words and words of an event as the
 * energy contracts of this repository have for them. Numbers that share a word stand 64 bits apart.
 */
const TRADES_SOURCE = `
.contract Trades
.map     offers
.map     trades
.map     periods
.map     balances
.map     allowances
.slot    offerCount
.slot    tradeCount

.event   Offered(uint256 indexed id, address indexed seller, uint256 indexed meter, uint256 start, uint256 length, uint256 energy,
                 uint256 price, uint256 until, uint256 settleBy)
.event   Transferred(address indexed from, address indexed to, uint256 amount)
.event   Accepted(uint256 indexed id, uint256 indexed offer, address indexed buyer, uint256 meter, uint256 start, uint256 energy,
                  uint256 price, uint256 escrow, uint256 settleBy)

.macro   beside                   ; ( high low -- word )
         swap 1  push 64  shl  or
.end

.function offer(uint256 meter, uint256 start, uint256 length, uint256 energy, uint256 price, uint256 until, uint256 settleBy)
.local   record
         sload offerCount  push 1  add  dup 1  sstore offerCount
         key offers  lset record
         arg meter  lget record  sstore
         arg start  arg length  beside  arg settleBy  beside  arg energy  beside  lget record  push 1  add  sstore
         caller  arg until  beside  lget record  push 2  add  sstore
         arg price  push 64  shl  arg energy  or  push 64  shl  lget record  push 3  add  sstore
         sload offerCount  caller  arg meter  arg start  arg length  arg energy  arg price  arg until  arg settleBy  log Offered
         stop

.function accept(uint256 offer, uint256 meter, uint256 energy)
.local   record period
         arg offer  key offers  push 3  add  dup 1  sload  arg energy  push 64  shl  sub  swap 1  sstore
         sload tradeCount  push 1  add  dup 1  sstore tradeCount
         key trades  lset record
         caller  push 64  shl  arg offer  or  lget record  sstore
         arg energy  sload tradeCount  beside  lget record  push 1  add  sstore
         arg meter  key periods  lset period
         lget period  sload  push 1  add  lget period  sstore
         sload tradeCount  arg offer  key periods  push 9  add  sstore
         caller  key balances  dup 1  sload  arg energy  add  swap 1  sstore
         self    key balances  dup 1  sload  arg energy  add  swap 1  sstore
         caller  key allowances  dup 1  sload  arg energy  add  swap 1  sstore
         caller  self  arg energy  log Transferred
         sload tradeCount  arg offer  caller  arg meter  arg energy  arg energy  arg energy  arg energy  arg energy  log Accepted
         stop
`;

const keyOf = (index: number) => sha256(textToBytes('wattchain bench disk'), numberToBytes(index, 4));
const meterOf = (household: number) => BigInt(toHex(keyOf(1_000_000 + household)));

/** A network whose blocks need no search, with the contract of the trades. */
export function tradeGenesis(): Genesis {
  const { code } = assemble(TRADES_SOURCE, 'trades.wca');
  const easy = `0x${'ff'.repeat(32)}`;
  return parseGenesis({
    name: 'disk benchmark',
    chainId: CHAIN_ID,
    timestampMs: START_MS,
    blockIntervalMs: 1_000,
    firstTarget: easy,
    largestTarget: easy,
    blockGasLimit: 30_000_000,
    blockByteLimit: 1_000_000,
    minGasPriceWei: GAS_PRICE.toString(),
    blockRewardWei: '2000000000000000000',
    confirmations: 12,
    contracts: [{ name: 'Trades', address: TRADES, code }],
    alloc: Object.fromEntries(
      Array.from({ length: HOUSEHOLDS }, (_, index) => [addressOf(keyOf(index)), { balance: COINS.toString() }]),
    ),
  });
}

/** Signed transactions from `first` on: a quarter offers, each accepted by another household soon after, half transfers. */
export function tradeTransactions(first: number, count: number): Transaction[] {
  return Array.from({ length: count }, (_, i) => tradeTransaction(first + i));
}

function tradeTransaction(index: number): Transaction {
  const household = index % HOUSEHOLDS;
  // Offers stand in order, so the n-th has the number n; the fourth transaction of four accepts the offer of the first.
  const round = Math.floor(index / 4);
  const amount = BigInt(toHex(keyOf(index).subarray(0, 3)));
  const common = { nonce: Math.floor(index / HOUSEHOLDS), gasPrice: GAS_PRICE, chainId: CHAIN_ID };
  const call = { ...common, gasLimit: CALL_GAS, to: TRADES, value: 0n };
  const key = keyOf(household);
  switch (index % 4) {
    case 0: {
      const start = START_S + 900n * BigInt(Math.floor(round / HOUSEHOLDS));
      const price = 10n ** 18n + 10n ** 15n * (amount % 100n);
      const words = [meterOf(household), start, 900n, amount, price, start + 3_600n, start + 86_400n];
      return signTransaction({ ...call, data: encodeCall(OFFER_SELECTOR, words) }, key);
    }
    case 3: {
      const words = [BigInt(round + 1), meterOf(household - 3), 1n];
      return signTransaction({ ...call, data: encodeCall(ACCEPT_SELECTOR, words) }, key);
    }
    default: {
      const to = toHex(keyOf(2_000_000 + (index % RECEIVERS)).subarray(12));
      const value = amount * 10n ** 12n;
      return signTransaction({ ...common, gasLimit: TRANSFER_GAS, to, value, data: EMPTY_BYTES }, key);
    }
  }
}
