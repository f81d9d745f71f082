import type { TransactionFormFault } from '@wattchain/core';
import type { PoolFault } from '../../mempool/types.js';

/** Everything that can keep a sent transaction out of the pool. */
export type SendFault = PoolFault | TransactionFormFault;

/** One sentence per fault. */
type Messages = { readonly [Code in SendFault['code']]: (fault: Extract<SendFault, { code: Code }>) => string };

/**
 * The words that geth uses, since viem, ethers and wallets recognise them; after the colon our figures. Exhaustive: a new
 * fault without a sentence does not compile.
 */
const MESSAGES: Messages = {
  txEncoding: ({ detail }) => `rlp: the transaction is not encoded as it should be: ${detail}`,
  txType: ({ got }) => `transaction type not supported: ${describeType(got)}`,
  txTooLarge: ({ got, expected }) => `oversized data: transaction size ${got}, limit ${expected}`,
  txUnprotected: () => 'only replay-protected (EIP-155) transactions allowed over RPC: sign with the chain id',
  txChainId: ({ got, expected }) => `invalid chain id for signer: have ${got} want ${expected}`,
  txSignature: ({ detail }) => `invalid sender: ${detail}`,
  txPriorityFee: ({ got, expected }) =>
    `max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: ${got}, maxFeePerGas: ${expected}`,
  txFeeOverflow: () => 'insufficient funds for gas * price + value: gas limit times price is more than 256 bits',
  nonceTooLow: ({ got, expected }) => `nonce too low: next nonce ${expected}, tx nonce ${got}`,
  nonceTooHigh: ({ got, expected }) => `nonce too high: next nonce ${expected}, tx nonce ${got}`,
  insufficientFunds: ({ got, expected, sender }) =>
    `insufficient funds for gas * price + value: address ${sender} has ${got} wei, ${expected} wei are needed`,
  intrinsicGas: ({ got, expected }) => `intrinsic gas too low: gas ${got}, minimum needed ${expected}`,
  gasPriceTooLow: ({ got, expected }) =>
    `transaction underpriced: max fee per gas less than block base fee: gas price ${got}, minimum needed ${expected}`,
  gasLimitTooHigh: ({ got, expected }) => `exceeds block gas limit: gas ${got}, limit ${expected}`,
  alreadyKnown: () => 'already known',
  replacementUnderpriced: ({ field, got, expected }) =>
    `replacement transaction underpriced: gas price (${field}) ${got}, minimum needed ${expected} to replace the one in the pool`,
  poolFull: ({ got, expected }) => `txpool is full: ${got} of ${expected}; pay a higher gas price or try again later`,
  publishedKey: ({ sender }) =>
    `sender not allowed: the key of ${sender} is published with the testbed, use an account of your own`,
  replacementLimit: ({ expected, sender }) =>
    `replacement limit exceeded: address ${sender} replaced ${expected} transactions within a minute; try again later`,
  accountLimit: ({ got, expected, sender }) =>
    `account limit exceeded: address ${sender} has ${got} transactions in the pool, limit ${expected}`,
};

/** What an envelope's type byte stands for, and what this chain takes. */
function describeType(type: number): string {
  const known: Readonly<Record<number, string>> = { 3: ' (blobs, EIP-4844)', 4: ' (set code, EIP-7702)' };
  const what =
    type === 0 ? 'type 0 has no envelope, its bytes begin with the list' : `type ${type}${known[type] ?? ''}`;
  return `${what}; this chain takes types 0 (legacy with EIP-155), 1 (EIP-2930) and 2 (EIP-1559)`;
}

/** Why a sent transaction was not taken, in the words that Ethereum's clients know. */
export function sendFaultMessage(fault: SendFault): string {
  const message = MESSAGES[fault.code] as (fault: SendFault) => string;
  return message(fault);
}
