import type { Address } from '../bytes.js';

/** Why bytes are not a transaction of this network, whatever the state: whoever sent them could have known. */
export type TransactionFormFault =
  | { readonly code: 'txEncoding'; readonly detail: string }
  /** An envelope of another type than 1 and 2 (EIP-2718). */
  | { readonly code: 'txType'; readonly got: number }
  | { readonly code: 'txTooLarge'; readonly got: number; readonly expected: number }
  | { readonly code: 'txUnprotected' }
  | { readonly code: 'txChainId'; readonly got: number; readonly expected: number }
  | { readonly code: 'txSignature'; readonly detail: string }
  /** `got` is maxPriorityFeePerGas, `expected` the maxFeePerGas that it may not exceed. */
  | { readonly code: 'txPriorityFee'; readonly got: bigint; readonly expected: bigint }
  /** gasLimit · maxFeePerGas, `got`, is no number of 256 bits. */
  | { readonly code: 'txFeeOverflow'; readonly got: bigint };

/** Why a well-formed transaction cannot be executed on a given state or in a given block. */
export type TransactionStateFault =
  | { readonly code: 'nonceTooLow'; readonly got: number; readonly expected: number; readonly sender: Address }
  | { readonly code: 'nonceTooHigh'; readonly got: number; readonly expected: number; readonly sender: Address }
  | { readonly code: 'insufficientFunds'; readonly got: bigint; readonly expected: bigint; readonly sender: Address }
  | { readonly code: 'intrinsicGas'; readonly got: number; readonly expected: number }
  /** `got` is the most that it pays for a unit of gas, `expected` the base fee. */
  | { readonly code: 'gasPriceTooLow'; readonly got: bigint; readonly expected: bigint }
  | { readonly code: 'gasLimitTooHigh'; readonly got: number; readonly expected: number };

/** Everything that can be wrong with a transaction. */
export type TransactionFault = TransactionFormFault | TransactionStateFault;
