import { type BlockFault, decodeHeader, type Header, WattchainError } from '@wattchain/core';

/**
 * The file of exported blocks: one block after the other from height 1 on, each as the length of its header (4 bytes, big-endian), the
 * header, the length of its body (4 bytes) and the body, as they travel between nodes (docs/protocol.md).
 */
export interface EncodedBlock {
  readonly header: Uint8Array;
  readonly body: Uint8Array;
}

/** A block of the file. */
export interface ExportedBlock {
  readonly header: Header;
  readonly body: Uint8Array;
}

const LENGTH_BYTES = 4;

/** A block as the file has it. */
export function encodeBlock({ header, body }: EncodedBlock): Uint8Array {
  const bytes = new Uint8Array(2 * LENGTH_BYTES + header.length + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.length);
  bytes.set(header, LENGTH_BYTES);
  view.setUint32(LENGTH_BYTES + header.length, body.length);
  bytes.set(body, 2 * LENGTH_BYTES + header.length);
  return bytes;
}

/**
 * The blocks of a file, read bit by bit.
 * @param read gives so many bytes at a place, fewer where the file ends
 * @throws WattchainError `badBlockFile` for bytes that are no blocks
 */
export function* readBlocks(
  read: (offset: number, length: number) => Uint8Array,
  name: string,
): Iterable<ExportedBlock> {
  let offset = 0;
  for (let height = 1; ; height++) {
    const headerLength = lengthAt(read, offset);
    if (headerLength === 'end') return;
    const header = take(read, offset + LENGTH_BYTES, headerLength, MAX_HEADER_BYTES);
    const bodyAt = offset + LENGTH_BYTES + (header?.length ?? 0);
    const bodyLength = header && lengthAt(read, bodyAt);
    const body =
      bodyLength === undefined || bodyLength === 'end'
        ? undefined
        : take(read, bodyAt + LENGTH_BYTES, bodyLength, MAX_BODY_BYTES);
    if (header === undefined || body === undefined)
      throw badBlockFile(name, height, 'the file ends within it, or its length is wrong');
    const { value, fault } = decodeHeader(header);
    if (fault !== undefined) throw badBlockFile(name, height, `its header is none: ${fault.code}`);
    yield { header: value, body };
    offset = bodyAt + LENGTH_BYTES + body.length;
  }
}

/** Above any header and body that a chain of a run has. */
const MAX_HEADER_BYTES = 4_096;
const MAX_BODY_BYTES = 16 * 1_048_576;

function lengthAt(read: (offset: number, length: number) => Uint8Array, offset: number): number | 'end' | undefined {
  const bytes = read(offset, LENGTH_BYTES);
  if (bytes.length === 0) return 'end';
  if (bytes.length < LENGTH_BYTES) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function take(
  read: (offset: number, length: number) => Uint8Array,
  offset: number,
  length: number | undefined,
  most: number,
): Uint8Array | undefined {
  if (length === undefined || length > most) return undefined;
  const bytes = read(offset, length);
  return bytes.length < length ? undefined : bytes;
}

/** A block that cannot be imported, with the reason. */
export function badBlockFile(name: string, height: number, what: string | BlockFault): WattchainError {
  const reason = typeof what === 'string' ? what : `the chain refuses it: ${what.code}`;
  return new WattchainError('badBlockFile', `${name}: block ${height}: ${reason}`, {
    values: { file: name, height, ...(typeof what === 'string' ? {} : { fault: what }) },
    hint: 'the file is not what the run wrote: get it again, or run the community again',
  });
}
