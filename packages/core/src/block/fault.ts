import type { Address, Hash } from '../bytes.js';
import type { TransactionFault } from '../transaction/fault.js';

/** Why a header cannot be part of any chain of this network. */
export type HeaderFault =
  | { readonly code: 'headerEncoding'; readonly detail: string }
  | { readonly code: 'headerVersion'; readonly got: number; readonly expected: number }
  | { readonly code: 'headerWork'; readonly got: Hash; readonly expected: bigint }
  | { readonly code: 'headerParent'; readonly got: Hash; readonly expected: Hash }
  | { readonly code: 'headerTarget'; readonly got: bigint; readonly expected: bigint }
  | { readonly code: 'headerHeight'; readonly got: number; readonly expected: number }
  | { readonly code: 'headerHistory'; readonly got: Hash; readonly expected: Hash }
  | { readonly code: 'headerTimestamp'; readonly got: number; readonly expected: number }
  | { readonly code: 'headerGasLimit'; readonly got: number; readonly expected: number }
  | { readonly code: 'headerGasUsed'; readonly got: number; readonly expected: number }
  | { readonly code: 'headerSeal'; readonly detail: string }
  | { readonly code: 'headerMiner'; readonly got: Address };

/** Why a body is not the one its header commits to; the header may still be good. */
export type BodyFault =
  | { readonly code: 'blockEncoding'; readonly detail: string }
  | { readonly code: 'blockTooLarge'; readonly got: number; readonly expected: number }
  | { readonly code: 'transactionsRoot'; readonly got: Hash; readonly expected: Hash }
  | { readonly code: 'transactionCount'; readonly got: number; readonly expected: number }
  | { readonly code: 'transactionForm'; readonly index: number; readonly fault: TransactionFault };

/** Why executing a block does not give what its header says. */
export type ExecutionFault =
  | { readonly code: 'transactionState'; readonly index: number; readonly fault: TransactionFault }
  | { readonly code: 'gasUsed'; readonly got: number; readonly expected: number }
  | { readonly code: 'receiptsRoot'; readonly got: Hash; readonly expected: Hash }
  | { readonly code: 'stateRoot'; readonly got: Hash; readonly expected: Hash };

/** Why a block is not taken now although nothing in it is wrong. */
export type PlacementFault =
  | { readonly code: 'parentUnknown'; readonly got: Hash }
  | { readonly code: 'parentInvalid'; readonly got: Hash }
  | { readonly code: 'fromTheFuture'; readonly got: number; readonly expected: number }
  | { readonly code: 'reorgTooDeep'; readonly got: number; readonly expected: number };

/** Everything that can keep a block out of the chain. */
export type BlockFault = HeaderFault | BodyFault | ExecutionFault | PlacementFault;
