/** JSON Schemas of what parameters take, which is more than what answers give: digits may be of either case. */
import { MAX_FILTER_VALUES, MAX_PROOF_SLOTS } from '../limits.js';
import { anyOf, BOOLEAN, listOf, nullable, oneOf, type Schema } from './schema.js';

export const BLOCK_TAGS = ['latest', 'pending', 'safe', 'finalized', 'earliest'] as const;

export const ADDRESS_TAKEN: Schema = { type: 'string', pattern: '^0x[0-9a-fA-F]{40}$' };
export const HASH_TAKEN: Schema = { type: 'string', pattern: '^0x[0-9a-fA-F]{64}$' };
export const QUANTITY_TAKEN: Schema = { type: 'string', pattern: '^0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})$' };
/** Exactly so many bytes. */
export function fixedBytesTaken(length: number): Schema {
  return { type: 'string', pattern: `^0x[0-9a-fA-F]{${2 * length}}$` };
}
export const BYTES_TAKEN: Schema = { type: 'string', pattern: '^0x([0-9a-fA-F]{2})*$' };
export const HEIGHT_TAKEN: Schema = anyOf(QUANTITY_TAKEN, oneOf(...BLOCK_TAGS));
export const BLOCK_TAKEN: Schema = anyOf(
  HEIGHT_TAKEN,
  HASH_TAKEN,
  {
    type: 'object',
    required: ['blockHash'],
    properties: { blockHash: HASH_TAKEN, requireCanonical: BOOLEAN },
    not: { required: ['blockNumber'] },
  },
  {
    type: 'object',
    required: ['blockNumber'],
    properties: { blockNumber: QUANTITY_TAKEN },
    not: { required: ['blockHash'] },
  },
);
export const CALL_TAKEN: Schema = {
  type: 'object',
  properties: {
    from: nullable(ADDRESS_TAKEN),
    to: nullable(ADDRESS_TAKEN),
    value: nullable(QUANTITY_TAKEN),
    data: nullable(BYTES_TAKEN),
    input: nullable(BYTES_TAKEN),
    gas: nullable(QUANTITY_TAKEN),
    accessList: nullable(
      listOf({
        type: 'object',
        required: ['address'],
        properties: { address: ADDRESS_TAKEN, storageKeys: nullable(listOf(HASH_TAKEN)) },
      }),
    ),
  },
};
/** Fields of a filter that say which logs. */
const CRITERIA_FIELDS: Readonly<Record<string, Schema>> = {
  address: nullable(oneOrMore(ADDRESS_TAKEN)),
  topics: nullable({ ...listOf(nullable(oneOrMore(HASH_TAKEN, nullable(HASH_TAKEN)))), maxItems: 4 }),
};
export const CRITERIA_TAKEN: Schema = { type: 'object', properties: CRITERIA_FIELDS };
export const FILTER_TAKEN: Schema = {
  type: 'object',
  properties: {
    ...CRITERIA_FIELDS,
    fromBlock: nullable(HEIGHT_TAKEN),
    toBlock: nullable(HEIGHT_TAKEN),
    blockHash: nullable(HASH_TAKEN),
  },
};

function oneOrMore(schema: Schema, element = schema): Schema {
  return anyOf(schema, { ...listOf(element), maxItems: MAX_FILTER_VALUES });
}

export const SLOT_TAKEN: Schema = { type: 'string', pattern: '^0x[0-9a-fA-F]{1,64}$' };
export const SLOTS_TAKEN: Schema = { ...listOf(SLOT_TAKEN), maxItems: MAX_PROOF_SLOTS };
export const TRACE_TAKEN: Schema = {
  type: 'object',
  properties: {
    tracer: nullable(oneOf('', 'callTracer')),
    tracerConfig: nullable({
      type: 'object',
      properties: { onlyTopCall: nullable(BOOLEAN), withLog: nullable(BOOLEAN) },
    }),
    limit: nullable({ type: 'integer', minimum: 0 }),
    disableStack: nullable(BOOLEAN),
    disableStorage: nullable(BOOLEAN),
  },
};
