import type { Address } from '@wattchain/core';
import { approveTokens, formatTokenAmount, getAllowance, getTokenBalance, refusalError } from '@wattchain/market';
import type { Connection, SignerClient } from '../client.js';
import type { Output } from '../output.js';
import { waitForTransaction } from './transaction.js';

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
    getAllowance(connection.client, { tokenAddress, owner, spender: spender.address }),
  ]);
  if (balance < neededUnits) throw refusalError('ERC20InsufficientBalance', [owner, balance, neededUnits]);
  if (allowance >= neededUnits) return undefined;
  const needed = formatTokenAmount(neededUnits);
  const what = `${spender.name} may take ${needed} of yours (approval, was ${formatTokenAmount(allowance)})`;
  const hash = await approveTokens(signer, { tokenAddress, spender: spender.address, tokens: neededUnits });
  output.progress(`sent ${hash}: ${what}, waiting …`);
  await waitForTransaction(connection, { hash, what, output });
  return what;
}
