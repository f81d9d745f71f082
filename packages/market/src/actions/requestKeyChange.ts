import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { councilAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

/** Which change of keys is meant. */
export interface KeyChangeName {
  /** The key of a member, or the recovery key. */
  readonly oldKey: Address;
  /** The key that is to act in its place. */
  readonly newKey: Address;
}

export interface RequestKeyChangeParameters extends KeyChangeName, TransactionOptions {
  /** The council. */
  readonly councilAddress: Address;
}

/**
 * Asks for another key in place of one that was lost or stolen. Members and the recovery key; a member's request for
 * another's key is its approval.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await requestKeyChange(client, { councilAddress, oldKey, newKey });
 */
export async function requestKeyChange(client: SigningClient, parameters: RequestKeyChangeParameters): Promise<Hash> {
  const { councilAddress, oldKey, newKey, ...options } = parameters;
  const data = encodeFunctionData({ abi: councilAbi, functionName: 'requestKeyChange', args: [oldKey, newKey] });
  return sendCall(client, { address: councilAddress, abi: councilAbi, data }, options);
}
