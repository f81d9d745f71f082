import type { Address, Hex } from '@wattchain/core';
import { bankAbi, getPayout, type Payout } from '@wattchain/market';
import { BaseError, ContractFunctionRevertedError, type Hash } from 'viem';
import type { Connection, SignerClient } from '../client.js';
import { refusal } from './allowance.js';

/** How much an operator may attest as paid outside, in token units. */
export interface OperatorLimit {
  readonly operator: Address;
  readonly limit: bigint;
  readonly attested: bigint;
  readonly remaining: bigint;
}

/** A standing order; `nextDue` is block time in seconds, 0 once it is cancelled. */
export interface StandingOrder {
  readonly orderId: bigint;
  readonly holder: Address;
  /** Token units each time. */
  readonly tokens: bigint;
  readonly destination: Hex;
  readonly intervalSeconds: bigint;
  readonly nextDue: bigint;
}

const bankOf = (connection: Connection) => ({ address: connection.contracts().bankAddress, abi: bankAbi }) as const;
const idsUpTo = (count: bigint) => Array.from({ length: Number(count) }, (_, index) => BigInt(index + 1));

/** The limits of the bank's two operators. */
export async function getOperatorLimits(connection: Connection): Promise<OperatorLimit[]> {
  const { client } = connection;
  const bank = bankOf(connection);
  const operators = await client.readContract({ ...bank, functionName: 'operators' });
  return Promise.all(
    operators.map(async (operator) => {
      const [limit, attested, remaining] = await client.readContract({
        ...bank,
        functionName: 'operatorLimit',
        args: [operator],
      });
      return { operator, limit, attested, remaining };
    }),
  );
}

/** All payouts outside, oldest first. */
export async function listPayouts(connection: Connection): Promise<Payout[]> {
  const { client } = connection;
  const bank = bankOf(connection);
  const count = await client.readContract({ ...bank, functionName: 'payoutCount' });
  return Promise.all(idsUpTo(count).map((payoutId) => getPayout(client, { bankAddress: bank.address, payoutId })));
}

/** All standing orders, oldest first, the cancelled ones too. */
export async function listStandingOrders(connection: Connection): Promise<StandingOrder[]> {
  const { client } = connection;
  const bank = bankOf(connection);
  const count = await client.readContract({ ...bank, functionName: 'standingOrderCount' });
  return Promise.all(
    idsUpTo(count).map(async (orderId) => {
      const order = await client.readContract({ ...bank, functionName: 'standingOrders', args: [orderId] });
      const [holder, tokens, destination, intervalSeconds, nextDue] = order;
      return { orderId, holder, tokens, destination, intervalSeconds, nextDue };
    }),
  );
}

/** Posts new rates, wei for a token. Operators only. Errors: `refused` with the contract's reason. */
export async function setRates(
  connection: Connection,
  signer: SignerClient,
  rates: { readonly buyRateWei: bigint; readonly redeemRateWei: bigint },
): Promise<Hash> {
  const args = [rates.buyRateWei, rates.redeemRateWei] as const;
  const call = { ...bankOf(connection), functionName: 'setRates', args, account: signer.account } as const;
  await inTheContractsWords(connection.client.simulateContract(call));
  return signer.writeContract({ ...call, type: 'legacy' });
}

/** Sets how much the other operator may attest in all, in token units. Errors: `refused` with the contract's reason. */
export async function setLimit(
  connection: Connection,
  signer: SignerClient,
  operator: Address,
  limitUnits: bigint,
): Promise<Hash> {
  const args = [operator, limitUnits] as const;
  const call = { ...bankOf(connection), functionName: 'setLimit', args, account: signer.account } as const;
  await inTheContractsWords(connection.client.simulateContract(call));
  return signer.writeContract({ ...call, type: 'legacy' });
}

async function inTheContractsWords<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    const reverted =
      error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : undefined;
    if (reverted instanceof ContractFunctionRevertedError && reverted.data) {
      throw refusal(reverted.data.errorName, reverted.data.args ?? []);
    }
    throw error;
  }
}
