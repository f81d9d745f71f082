import { storeDamaged } from '@wattchain/core';
import { ByteReader } from './byteReader.js';

/** A block of LevelDB has some kilobytes, or one value; a length beyond this is damage, not a reason to take memory. */
const MAX_LENGTH = 64 * 1024 * 1024;
/** What a byte can stand for at most: the shortest copy of 64 bytes takes three. */
const MOST_PER_BYTE = 22;

/** Undoes Snappy's block format (google/snappy, format_description.txt). Throws `storeDamaged`. */
export function decompressSnappy(bytes: Uint8Array, what: string): Uint8Array {
  const reader = new ByteReader(bytes, what);
  const length = reader.varint();
  if (length > Math.min(MAX_LENGTH, MOST_PER_BYTE * bytes.length)) throw storeDamaged(`${what} claims ${length} bytes`);
  const out = new Uint8Array(length);
  let end = 0;
  while (!reader.isAtEnd) {
    const tag = reader.take(1)[0] as number;
    if ((tag & 3) === 0) {
      const literal = reader.take(literalLength(tag >> 2, reader));
      if (end + literal.length > length) throw storeDamaged(`${what} is longer than it says`);
      out.set(literal, end);
      end += literal.length;
    } else {
      const [count, distance] = copyOf(tag, reader);
      if (distance === 0 || distance > end || end + count > length)
        throw storeDamaged(`${what} copies what is not there`);
      // Byte by byte: a copy may overlap what it writes.
      for (let i = 0; i < count; i++, end++) out[end] = out[end - distance] as number;
    }
  }
  if (end !== length) throw storeDamaged(`${what} is shorter than it says`);
  return out;
}

function literalLength(code: number, reader: ByteReader): number {
  if (code < 60) return code + 1;
  return littleEndian(reader.take(code - 59)) + 1;
}

/** Length and distance of a copy. */
function copyOf(tag: number, reader: ByteReader): readonly [number, number] {
  if ((tag & 3) === 1) return [((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | littleEndian(reader.take(1))];
  return [(tag >> 2) + 1, littleEndian(reader.take((tag & 3) === 2 ? 2 : 4))];
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
