import { WattchainError } from '../error.js';

/**
 * The error for stored bytes that are not what was written: cut off, changed, missing, or in contradiction to others.
 * Nobody but the disk is to blame for it, so it is thrown and never becomes a fault of a block or a peer.
 */
export function storeDamaged(detail: string, values: Record<string, unknown> = {}, cause?: unknown): WattchainError {
  return new WattchainError('storeDamaged', `the stored chain is damaged: ${detail}`, {
    values,
    hint: 'stop the node; `wattchain db verify --data DIR` says what is damaged, `wattchain db reindex --data DIR` mends it, or delete the folder `chain` there and the node syncs from its peers',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Whether an error says that stored bytes are damaged. */
export function isStoreDamaged(error: unknown): error is WattchainError {
  return error instanceof WattchainError && error.code === 'storeDamaged';
}

/** What `read` gives, `otherwise` where that meets damage: for whoever goes on without. */
export function unlessDamaged<Value, Otherwise>(read: () => Value, otherwise: Otherwise): Value | Otherwise {
  try {
    return read();
  } catch (error) {
    if (!isStoreDamaged(error)) throw error;
    return otherwise;
  }
}
