import type { Address } from '../bytes.js';

/** Why bytes are not a transaction of this network, whatever the state: whoever sent them could have known. */
export type TransactionFormFault =
  | { readonly code: 'txEncoding'; readonly detail: string }
  | { readonly code: 'txType'; readonly got: number }
  | { readonly code: 'txTooLarge'; readonly got: number; readonly expected: number }
  | { readonly code: 'txUnprotected' }
  | { readonly code: 'txChainId'; readonly got: number; readonly expected: number }
  | { readonly code: 'txSignature'; readonly detail: string };

/** Why a well-formed transaction cannot be executed on a given state or in a given block. */
export type TransactionStateFault =
  | { readonly code: 'nonceTooLow'; readonly got: number; readonly expected: number; readonly sender: Address }
  | { readonly code: 'nonceTooHigh'; readonly got: number; readonly expected: number; readonly sender: Address }
  | { readonly code: 'insufficientFunds'; readonly got: bigint; readonly expected: bigint; readonly sender: Address }
  | { readonly code: 'intrinsicGas'; readonly got: number; readonly expected: number }
  | { readonly code: 'gasPriceTooLow'; readonly got: bigint; readonly expected: bigint }
  | { readonly code: 'gasLimitTooHigh'; readonly got: number; readonly expected: number };

/** Everything that can be wrong with a transaction. */
export type TransactionFault = TransactionFormFault | TransactionStateFault;
