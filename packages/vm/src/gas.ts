import type { AccessList } from '@wattchain/core';

/**
 * Every gas number of the protocol, each with its reason. The yardstick: 21,000 gas pay for one transaction, whose sender takes a
 * tenth to a third of a millisecond to recover and whose accounts take as long again to commit. No instruction may take much longer
 * for its gas than that: a full block of whatever sort stays below 40 ns a gas (`wattchain bench vm`). What a node must keep for ever
 * is priced by its bytes on disk, which dominates.
 */

/** A transaction: one signature recovery, two accounts written, its place in the block. The figure every wallet expects. */
export const GAS_TRANSACTION = 21_000;
/** A zero byte of data: it is stored in the block body, where it compresses well. EIP-2028's relation of 1 to 4. */
export const GAS_DATA_ZERO_BYTE = 4;
/** Any other byte of data: stored in the block body by every node. EIP-2028's figure. */
export const GAS_DATA_BYTE = 16;
/** A deployment on top of a transaction: a new account that lives for ever, and reading the code's header. */
export const GAS_DEPLOYMENT = 32_000;
/** An address in an access list: 20 bytes in the block body at 16 gas, the rest for being looked at; EIP-2930's figure. */
export const GAS_ACCESS_LIST_ADDRESS = 2_400;
/** A storage key there: 32 bytes at 16 gas, the rest as above; EIP-2930's figure. */
export const GAS_ACCESS_LIST_KEY = 1_900;
/** A byte of deployed code: kept in the state for ever, verified once; about what a byte of a new storage word costs. */
export const GAS_CODE_BYTE = 50;

/** Moving words about: the dispatch of an instruction and an array access. */
export const GAS_MOVE = 1;
/** A sum, comparison or bit operation on 256-bit words: allocates one big integer. */
export const GAS_LOGIC = 2;
/** A product: up to 512 bits in between. */
export const GAS_MULTIPLY = 4;
/** A quotient or remainder: of 256 bits by 128 it takes four times as long as a product (docs/benchmarks.md, "The machine"). */
export const GAS_DIVIDE = 8;
/** A remainder of a sum or product of 512 bits: twice as long again. */
export const GAS_MODULAR = 16;
/** A power that must fit a word: at most sixteen products. */
export const GAS_POWER = 40;
/** A byte of the exponent of a power that is cut to a word: sixteen products. */
export const GAS_POWER_BYTE = 40;
/** Checking bounds of calldata and reading a word there. */
export const GAS_CALLDATA = 3;
/** Ending a frame, with or without a text. */
export const GAS_END = 1;
/** A word handed over by RETURN, REVERT or CALL: written out as 32 bytes. */
export const GAS_WORD = 8;

/** Entering a subroutine: two comparisons and a place to return to. Each of its locals is moved there as well. */
export const GAS_SUBROUTINE = 4;
/** A word that memory grows by: some 40 bytes of a node's memory until the transaction ends. */
export const GAS_MEMORY_WORD = 3;
/** Recovering a signer, which is most of what a transaction costs a node. */
export const GAS_RECOVER = GAS_TRANSACTION;

/** Keccak-256: one permutation and its set-up in plain JavaScript, a hundredth of recovering a sender. */
export const GAS_HASH = 200;
/** A word hashed: written out as bytes, and a quarter of the next permutation. */
export const GAS_HASH_WORD = 60;

/**
 * A value read from the state. One that is stored and not in memory takes a database look-up; one that is not stored, the walk
 * through the state tree that proves it. Measured (docs/vm.md, "Gas"), the first takes as long per gas as other instructions,
 * the second less than recovering a sender.
 */
export const GAS_STATE_READ = 2_100;
/** Changing a value that is there: a database write, an undo record, and the hashes on its way to the state root. */
export const GAS_STATE_CHANGE = 4_000;
/** A value that was not there: as a change, and some 250 bytes of record and tree that every node keeps for ever. */
export const GAS_STATE_NEW = 10_000;

/** A log: its address and topic 0 in the receipt, one entry for every search for logs. */
export const GAS_LOG = 500;
/** An indexed or data word of a log: 32 bytes kept in the receipt, at half the price of a byte of data. */
export const GAS_LOG_WORD = 250;

/** A call of another contract: its account read, its code looked up, a new frame. */
export const GAS_CALL = GAS_STATE_READ + 1_000;
/** A byte of the called contract's code, once in a transaction: decoding it when it is not in memory takes, for 24 KiB, as long as recovering a sender. */
export const GAS_CALL_CODE_BYTE = 1;
/** Moving coins within a call or payment: two accounts change. A new account costs `GAS_STATE_NEW` on top. */
export const GAS_TRANSFER = 2 * GAS_STATE_CHANGE;

/** Gas that a transaction costs before anything runs (docs/protocol.md, "Execution"). */
export function intrinsicGas(data: Uint8Array, isDeployment: boolean, accessList: AccessList = []): number {
  let gas = GAS_TRANSACTION + (isDeployment ? GAS_DEPLOYMENT : 0);
  // By index: an iterator of bytes costs more than what it counts.
  for (let i = 0; i < data.length; i++) gas += data[i] === 0 ? GAS_DATA_ZERO_BYTE : GAS_DATA_BYTE;
  for (const { storageKeys } of accessList) gas += GAS_ACCESS_LIST_ADDRESS + storageKeys.length * GAS_ACCESS_LIST_KEY;
  return gas;
}
