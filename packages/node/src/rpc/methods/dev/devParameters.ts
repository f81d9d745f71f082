/** Checkers of what only the methods of a development chain take. */
import { MAX_SECONDS } from '../../../dev/time.js';
import type { Parameter } from '../../protocol/parameter.js';
import { namingTheCause } from '../../protocol/readers.js';
import { invalidParams } from '../../protocol/rpcError.js';
import { anyOf, type Schema } from '../../protocol/schema.js';

/** What `evm_mine` does. */
export interface MineRequest {
  /** Of the first block, in seconds since 1970. */
  readonly timestamp: number | undefined;
  readonly blocks: number;
}

/** Hex with any number of digits up to 64, as test libraries write words, or decimal text. */
const NUMBER_TEXT = /^(0x[0-9a-fA-F]{1,64}|\d{1,78})$/;
const NUMBER_TAKEN: Schema = anyOf({ type: 'integer', minimum: 0 }, { type: 'string', pattern: NUMBER_TEXT.source });

/** A whole number up to `most`, as JSON or as text: libraries differ. */
export function wholeParameter(name: string, most: number): Parameter<number> {
  return {
    name,
    takes: `a whole number up to ${most}, such as 5 or "0x5"`,
    schema: NUMBER_TAKEN,
    optional: false,
    read: (value) => Number(readNumber(value, BigInt(most) + 1n)),
  };
}

/** A number below `limit`, as JSON, as hex with or without leading zeros, or as decimal text. */
export function wordParameter(name: string, limit: bigint): Parameter<bigint> {
  return {
    name,
    takes: 'a number such as "0x1f"',
    schema: NUMBER_TAKEN,
    optional: false,
    read: (value) => readNumber(value, limit),
  };
}

/** A time for the block, or an object with `timestamp` and `blocks`; nothing makes one block now. */
export function mineParameter(maxBlocks: number): Parameter<MineRequest> {
  return {
    name: 'options',
    takes: 'a time in seconds since 1970, or an object with timestamp and blocks',
    schema: anyOf(NUMBER_TAKEN, { type: 'object', properties: { timestamp: NUMBER_TAKEN, blocks: NUMBER_TAKEN } }),
    optional: true,
    read: (value) => {
      if (value === undefined) return { timestamp: undefined, blocks: 1 };
      if (typeof value !== 'object')
        return { timestamp: wholeParameter('timestamp', MAX_SECONDS).read(value), blocks: 1 };
      return {
        timestamp: readOwn(value, 'timestamp', wholeParameter('timestamp', MAX_SECONDS)),
        blocks: readOwn(value, 'blocks', wholeParameter('blocks', maxBlocks)) ?? 1,
      };
    },
  };
}

/** Options of a reset: forking another network is not one of them. */
export function resetParameter(): Parameter<undefined> {
  return {
    name: 'options',
    takes: 'left out: there is no network to fork',
    schema: { type: 'object' },
    optional: true,
    read: (value) => {
      const { forking } = (value ?? {}) as { readonly forking?: { readonly jsonRpcUrl?: unknown } | null };
      if (forking?.jsonRpcUrl === undefined || forking.jsonRpcUrl === null) return undefined;
      throw invalidParams('forking is not supported: load a state with anvil_loadState instead');
    },
  };
}

/** The passphrase that a wallet's node would ask for; clients send an empty one too. */
export function unusedPassphraseParameter(): Parameter<undefined> {
  return {
    name: 'passphrase',
    takes: 'anything: it is not used',
    schema: {},
    optional: true,
    read: () => undefined,
  };
}

/** Typed data of EIP-712, as an object or as its JSON text. */
export function typedDataParameter(): Parameter<unknown> {
  return {
    name: 'typedData',
    takes: 'typed data of EIP-712: an object with types, primaryType, domain and message, or its JSON text',
    schema: anyOf({ type: 'object' }, { type: 'string' }),
    optional: false,
    read: (value) => {
      if (typeof value !== 'string') return value;
      try {
        return JSON.parse(value) as unknown;
      } catch {
        throw invalidParams('the text is not JSON');
      }
    },
  };
}

/** An own field of an object, `undefined` when it is absent or `null`. */
export function readOwn<T>(object: object | null, name: string, parameter: Parameter<T>): T | undefined {
  const value = object !== null && Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
  if (value === undefined || value === null) return undefined;
  return namingTheCause(`"${name}"`, () => parameter.read(value));
}

function readNumber(value: unknown, limit: bigint): bigint {
  const isNumber = typeof value === 'number' ? Number.isSafeInteger(value) && value >= 0 : false;
  const isText = typeof value === 'string' && NUMBER_TEXT.test(value);
  if (!isNumber && !isText) throw invalidParams(`expected a whole number such as 5 or "0x5"; got ${shown(value)}`);
  const number = BigInt(value as number | string);
  if (number >= limit) throw invalidParams(`${shown(value)} is too large: it must be below ${limit}`);
  return number;
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'nothing';
}
