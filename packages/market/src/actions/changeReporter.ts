import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface ChangeReporterParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly meter: Hex;
  /** Whose readings count: the meter's own key or that of a gateway. */
  readonly reporter: Address;
}

/**
 * Names who reports for a meter from now on, for a key that was lost or a gateway that was replaced. Registrars only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await changeReporter(client, { tradeAddress, meter, reporter });
 */
export async function changeReporter(client: SigningClient, parameters: ChangeReporterParameters): Promise<Hash> {
  const { tradeAddress, meter, reporter, ...options } = parameters;
  const data = encodeFunctionData({ abi: energyTradeAbi, functionName: 'changeReporter', args: [meter, reporter] });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}
