import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { councilAbi } from '../contracts/generated.js';
import type { KeyChangeName } from './requestKeyChange.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface VoteOnKeyChangeParameters extends KeyChangeName, TransactionOptions {
  /** The council. */
  readonly councilAddress: Address;
  /** Block time in seconds of the request that is meant (`getKeyChange`). */
  readonly requestedAt: bigint;
  readonly approve: boolean;
}

/**
 * Approves or rejects a change of keys. The members whose key it does not change, who may change their vote; the recovery key
 * rejects at any time and approves after the notice.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { requestedAt } = await getKeyChange(client, { councilAddress, oldKey, newKey });
 * const hash = await voteOnKeyChange(client, { councilAddress, oldKey, newKey, requestedAt, approve: true });
 */
export async function voteOnKeyChange(client: SigningClient, parameters: VoteOnKeyChangeParameters): Promise<Hash> {
  const { councilAddress, oldKey, newKey, requestedAt, approve, ...options } = parameters;
  const data = encodeFunctionData({
    abi: councilAbi,
    functionName: 'voteOnKeyChange',
    args: [oldKey, newKey, requestedAt, approve],
  });
  return sendCall(client, { address: councilAddress, abi: councilAbi, data }, options);
}
