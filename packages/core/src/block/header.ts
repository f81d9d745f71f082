import { ByteReader } from '../byteReader.js';
import { bigIntToBytes, concatBytes, fromHex, type Hash, type Hex, numberToBytes, toHex } from '../bytes.js';
import { assert, type Outcome } from '../error.js';
import { sha256 } from '../hash.js';
import { HEADER_VERSION, MAX_EXTRA_BYTES, MINER_SEAL_BYTES } from '../params.js';
import { powHash } from '../pow/verify.js';
import type { HeaderFault } from './fault.js';
import type { Header, SealedFields } from './types.js';

/** The part of a header that {@link sealHash} covers (docs/protocol.md, Header). */
export function encodeSealedFields(fields: SealedFields): Uint8Array {
  assert(fields.extra.length <= MAX_EXTRA_BYTES, 'too many bytes of extra', fields.extra.length);
  return concatBytes(
    numberToBytes(fields.version, 2),
    hexToLength(32, fields.parentHash),
    numberToBytes(fields.height, 4),
    numberToBytes(fields.timestampMs, 8),
    bigIntToBytes(fields.target, 32),
    hexToLength(20, fields.miner),
    hexToLength(32, fields.transactionsRoot),
    hexToLength(32, fields.receiptsRoot),
    hexToLength(32, fields.stateRoot),
    hexToLength(32, fields.historyRoot),
    numberToBytes(fields.gasLimit, 8),
    numberToBytes(fields.gasUsed, 8),
    numberToBytes(fields.transactionCount, 4),
    Uint8Array.of(fields.extra.length),
    fields.extra,
  );
}

/** SHA-256 of the sealed fields, 32 bytes: what a miner searches a nonce for. */
export function sealHash(fields: SealedFields): Uint8Array {
  return sha256(encodeSealedFields(fields));
}

/** A whole header: sealed fields ‖ extraNonce 8 ‖ headerNonce 4 ‖ minerSeal 1 + n. */
export function encodeHeader(header: Header): Uint8Array {
  const sealBytes = header.minerSeal.length;
  assert(sealBytes === 0 || sealBytes === MINER_SEAL_BYTES, "a miner's seal has another number of bytes", sealBytes);
  return concatBytes(
    encodeSealedFields(header),
    bigIntToBytes(header.extraNonce, 8),
    numberToBytes(header.headerNonce, 4),
    Uint8Array.of(sealBytes),
    header.minerSeal,
  );
}

/** The block hash: the proof of work of the header, as lower-case hex. Who has the {@link sealHash} already may give it. */
export function blockHash(header: Header, seal: Uint8Array = sealHash(header)): Hash {
  return powHash(seal, header.extraNonce, header.headerNonce);
}

/**
 * Reverse of {@link encodeHeader}; exactly one encoding is accepted, nothing may follow it.
 * Faults: `headerEncoding`, `headerVersion` (the layout of another version is not known).
 */
export function decodeHeader(bytes: Uint8Array): Outcome<Header, HeaderFault> {
  const reader = new ByteReader(bytes);
  const version = reader.number(2);
  if (!reader.isShort && version !== HEADER_VERSION) {
    return { fault: { code: 'headerVersion', got: version, expected: HEADER_VERSION } };
  }
  const parentHash = toHex(reader.take(32));
  const height = reader.number(4);
  const timestampMs = reader.bigInt(8);
  const target = reader.bigInt(32);
  const miner = toHex(reader.take(20));
  const transactionsRoot = toHex(reader.take(32));
  const receiptsRoot = toHex(reader.take(32));
  const stateRoot = toHex(reader.take(32));
  const historyRoot = toHex(reader.take(32));
  const gasLimit = reader.bigInt(8);
  const gasUsed = reader.bigInt(8);
  const transactionCount = reader.number(4);
  const extraLength = reader.number(1);
  if (extraLength > MAX_EXTRA_BYTES) return badEncoding(`extra of ${extraLength} bytes, at most ${MAX_EXTRA_BYTES}`);
  const extra = reader.take(extraLength).slice();
  const extraNonce = reader.bigInt(8);
  const headerNonce = reader.number(4);
  const sealLength = reader.number(1);
  if (sealLength !== 0 && sealLength !== MINER_SEAL_BYTES) {
    return badEncoding(`a miner's seal of ${sealLength} bytes, 0 or ${MINER_SEAL_BYTES} are expected`);
  }
  const minerSeal = reader.take(sealLength).slice();
  if (reader.isShort) return badEncoding(`the header ends early, at byte ${bytes.length}`);
  if (reader.bytesLeft > 0) return badEncoding(`${reader.bytesLeft} bytes follow the header`);
  for (const [name, value] of Object.entries({ timestampMs, gasLimit, gasUsed })) {
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) return badEncoding(`${name} is ${value}, below 2^53 is expected`);
  }
  return {
    value: {
      version,
      parentHash,
      height,
      timestampMs: Number(timestampMs),
      target,
      miner,
      transactionsRoot,
      receiptsRoot,
      stateRoot,
      historyRoot,
      gasLimit: Number(gasLimit),
      gasUsed: Number(gasUsed),
      transactionCount,
      extra,
      extraNonce,
      headerNonce,
      minerSeal,
    },
  };
}

function hexToLength(length: number, hex: Hex): Uint8Array {
  const bytes = fromHex(hex);
  assert(bytes.length === length, 'text for a place of another length in the header', hex);
  return bytes;
}

function badEncoding(detail: string): { fault: HeaderFault } {
  return { fault: { code: 'headerEncoding', detail } };
}
