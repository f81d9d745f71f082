import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface RegisterMeterParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** 32 bytes, unique: for example the hash of the serial number. */
  readonly meter: Hex;
  /** Who sells the meter's energy. */
  readonly household: Address;
  /** Whose readings count: the meter's own key or that of a gateway. */
  readonly reporter: Address;
}

/**
 * Registers a meter for a household and names who reports for it. Registrars only, once for a meter.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await registerMeter(client, { tradeAddress, meter: keccak256(toBytes('SN 4711')), household, reporter });
 */
export async function registerMeter(client: SigningClient, parameters: RegisterMeterParameters): Promise<Hash> {
  const { tradeAddress, meter, household, reporter, ...options } = parameters;
  const data = encodeFunctionData({
    abi: energyTradeAbi,
    functionName: 'registerMeter',
    args: [meter, household, reporter],
  });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}
