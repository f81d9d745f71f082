import { WattchainError } from '../error.js';

/** An error for which this node's own store is to blame: its bytes are damaged, or its disk fails. */
export type StoreError = WattchainError & { readonly code: 'storeDamaged' | 'storeFailed' };

/**
 * The error for stored bytes that are not what was written: cut off, changed, missing, or in contradiction to others.
 * Nobody but the disk is to blame for it, so it is thrown and never becomes a fault of a block or a peer.
 */
export function storeDamaged(detail: string, values: Record<string, unknown> = {}, cause?: unknown): StoreError {
  return new WattchainError('storeDamaged', `the stored chain is damaged: ${detail}`, {
    values,
    hint: 'stop the node; `wattchain db verify --data DIR` says what is damaged, `wattchain db reindex --data DIR` mends it, or delete the folder `chain` there and the node syncs from its peers',
    ...(cause === undefined ? {} : { cause }),
  }) as StoreError;
}

/**
 * The error for a disk that does not take what is written or give what is read: it is full, read-only or broken. What was written
 * before is not wrong for it.
 */
export function storeFailed(detail: string, values: Record<string, unknown> = {}, cause?: unknown): StoreError {
  return new WattchainError('storeFailed', `the disk of the stored chain fails: ${detail}`, {
    values,
    hint: 'what was written before is kept; make room on the disk, make it writable or replace it, then stop the node and start it again',
    ...(cause === undefined ? {} : { cause }),
  }) as StoreError;
}

/** Whether an error says that stored bytes are damaged. */
export function isStoreDamaged(error: unknown): error is StoreError {
  return error instanceof WattchainError && error.code === 'storeDamaged';
}

/** Whether an error is a {@link StoreError}. */
export function isStoreError(error: unknown): error is StoreError {
  return error instanceof WattchainError && (error.code === 'storeDamaged' || error.code === 'storeFailed');
}

/** What `read` gives, `otherwise` where the store is to blame that it gives nothing: for whoever goes on without. */
export function unlessDamaged<Value, Otherwise>(read: () => Value, otherwise: Otherwise): Value | Otherwise {
  try {
    return read();
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return otherwise;
  }
}
