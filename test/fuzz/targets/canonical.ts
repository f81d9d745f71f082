import type { Outcome } from '@wattchain/core';
import { mustHold, sameBytes, type Target } from '../target.js';

/** A decoder whose values have one encoding each. */
export interface Codec<T> extends Pick<Target, 'name' | 'seeds' | 'structure' | 'dictionary'> {
  readonly inputsPerRound?: number;
  readonly maxBytes?: number;
  readonly decode: (bytes: Uint8Array) => Outcome<T, unknown>;
  /** `undefined` where nothing is written back. */
  readonly encode: (value: T) => Uint8Array | undefined;
}

/** Nothing but a fault or a value whose only encoding the input is. */
export function canonical<T>({ decode, encode, ...codec }: Codec<T>): Target {
  return {
    inputsPerRound: 2_048,
    maxBytes: 2_048,
    ...codec,
    run: (input) => {
      const { value, fault } = decode(input);
      if (fault !== undefined) return false;
      const again = encode(value as T);
      mustHold(again === undefined || sameBytes(again, input), 'takes an encoding that is not the one it writes');
      return true;
    },
  };
}
