import { type Address, WattchainError } from '@wattchain/core';
import { approveTokens, energyTokenAbi, explainRefusal, formatTokenAmount, getTokenBalance } from '@wattchain/market';
import type { Connection, SignerClient } from '../client.js';
import type { Output } from '../output.js';
import { waitForTransaction } from './transaction.js';

/** Token units of `owner` that `spender` may take. */
export async function getAllowance(connection: Connection, owner: Address, spender: Address): Promise<bigint> {
  return connection.client.readContract({
    address: connection.contracts().tokenAddress,
    abi: energyTokenAbi,
    functionName: 'allowance',
    args: [owner, spender],
  });
}

/**
 * Lets `spender` take `neededUnits` of the signer's tokens: when it may take fewer, an approval of exactly that is sent and waited
 * for. Gives a line that says so, or none. Errors: `refused` when the signer has fewer tokens.
 */
export async function ensureAllowance(
  output: Output,
  connection: Connection,
  signer: SignerClient,
  spender: { readonly address: Address; readonly name: string },
  neededUnits: bigint,
): Promise<string | undefined> {
  const { tokenAddress } = connection.contracts();
  const owner = signer.account.address;
  const [balance, allowance] = await Promise.all([
    getTokenBalance(connection.client, { tokenAddress, owner }),
    getAllowance(connection, owner, spender.address),
  ]);
  if (balance < neededUnits) throw refusal('ERC20InsufficientBalance', [owner, balance, neededUnits]);
  if (allowance >= neededUnits) return undefined;
  const needed = formatTokenAmount(neededUnits);
  const what = `${spender.name} may take ${needed} of yours (approval, was ${formatTokenAmount(allowance)})`;
  const hash = await approveTokens(signer, { tokenAddress, spender: spender.address, tokens: neededUnits });
  output.progress(`sent ${hash}: ${what}, waiting …`);
  await waitForTransaction(connection, hash, what);
  return what;
}

/** A refusal that is known before anything is sent, in the contract's words. */
export function refusal(errorName: string, args: readonly unknown[]): WattchainError {
  const { message, hint } = explainRefusal(errorName, args);
  return new WattchainError('refused', message, {
    values: { error: errorName, args },
    ...(hint === undefined ? {} : { hint }),
  });
}
