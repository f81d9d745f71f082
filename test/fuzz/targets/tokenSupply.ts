import {
  type Address,
  bigIntToBytes,
  bytesToBigInt,
  keccak256,
  type Log,
  type StateJournal,
  textToBytes,
} from '@wattchain/core';
import { CONTRACTS } from '../../../packages/market/testing/marketVm.js';

const { address: TOKEN } = CONTRACTS.token;
const TRANSFER = bytesToBigInt(keccak256(textToBytes('Transfer(address,address,uint256)')));
/** Words of the token's storage: its supply, and the mapping of balances. */
const [SUPPLY_SLOT, BALANCES_SLOT] = [0n, 1n];

/** By how much the supply of tokens is larger than what all hold who had some, or to whom the token's logs say that some went. */
export function tokensNotHeld(
  state: StateJournal,
  holders: readonly { readonly address: Address }[],
  logs: readonly Log[],
): bigint {
  const owners = new Set(holders.map(({ address }) => BigInt(address)));
  for (const { address, topics } of logs) {
    const [kind, , to] = topics;
    if (address === TOKEN && kind !== undefined && BigInt(kind) === TRANSFER && to !== undefined)
      owners.add(BigInt(to));
  }
  const balance = (owner: bigint) =>
    state.storage(TOKEN, bytesToBigInt(keccak256(bigIntToBytes(owner, 32), bigIntToBytes(BALANCES_SLOT, 32))));
  return [...owners].reduce((left, owner) => left - balance(owner), state.storage(TOKEN, SUPPLY_SLOT));
}
