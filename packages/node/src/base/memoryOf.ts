/** Arrays of more bytes than this lie outside of V8's heap. */
const IN_HEAP_BYTES = 64;
/** What V8 keeps of an array in its heap beside its bytes, and of one outside with what the allocator keeps of it. Measured with Node.js 20. */
const ARRAY_BYTES = 170;
const OUTER_ARRAY_BYTES = 480;
/** What an entry of a `BoundedMap` over a `ByteMap` takes beside its key and its value. Measured likewise. */
export const ENTRY_BYTES = 140;

/** Bytes of memory that an array takes: several times its own, for a short one. */
export function memoryOf({ length }: Uint8Array): number {
  return length + (length <= IN_HEAP_BYTES ? ARRAY_BYTES : OUTER_ARRAY_BYTES);
}
