/**
 * JSON Schemas of what goes over the wire, in the vocabulary that OpenRPC takes (draft 7). Objects are closed: a field that
 * an answer gains and its schema does not makes the tests fail.
 */

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

export const TEXT: Schema = { type: 'string' };
export const BOOLEAN: Schema = { type: 'boolean' };
export const NUMBER: Schema = { type: 'number' };
/** A height, count, gas amount or time as a JSON number, as `watt_*` gives them. */
export const INTEGER: Schema = { type: 'integer', minimum: 0 };
/** A whole number of either sign. */
export const SIGNED_INTEGER: Schema = { type: 'integer' };
/** An amount or work as decimal text, as `watt_*` gives them. */
export const DECIMAL: Schema = { type: 'string', pattern: '^(0|[1-9][0-9]*)$' };
/** Ethereum's QUANTITY: hex without leading zeros. */
export const QUANTITY: Schema = { type: 'string', pattern: '^0x(0|[1-9a-f][0-9a-f]*)$' };
/** Ethereum's DATA: bytes as hex. */
export const BYTES: Schema = { type: 'string', pattern: '^0x([0-9a-f]{2})*$' };
export const ADDRESS: Schema = bytesOf(20);
export const HASH: Schema = bytesOf(32);

/** Exactly this many bytes as hex. */
export function bytesOf(length: number): Schema {
  return { type: 'string', pattern: `^0x[0-9a-f]{${2 * length}}$` };
}

/** This one value. */
export function constant(value: unknown): Schema {
  return { const: value };
}

/** One of a few values. */
export function oneOf(...values: readonly unknown[]): Schema {
  return { enum: values };
}

/** Any of several shapes. */
export function anyOf(...schemas: readonly Schema[]): Schema {
  return { anyOf: schemas };
}

/** The shape or `null`. */
export function nullable(schema: Schema): Schema {
  return anyOf(schema, { type: 'null' });
}

/** A list. */
export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object with exactly these fields; those of `optionalFields` may be left out. */
export function objectOf(
  fields: Readonly<Record<string, Schema>>,
  optionalFields: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: 'object',
    required: Object.keys(fields),
    properties: { ...fields, ...optionalFields },
    additionalProperties: false,
  };
}

/** An object that maps names to values of one shape. */
export function mapOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

/** A shape that has a name in the OpenRPC document, see `shapes.ts`. */
export function shape(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}
