import type { Outcome } from '@wattchain/core';
import type { Slip } from './slip.js';

/** Formats that are no text, by their first bytes. */
const SIGNATURES: readonly { readonly bytes: readonly number[]; readonly slip: Slip }[] = [
  {
    bytes: [0x50, 0x4b],
    slip: {
      what: 'it is a ZIP archive, such as an Excel workbook (.xlsx)',
      hint: 'unpack it, or save the sheet as CSV UTF-8',
    },
  },
  { bytes: [0x1f, 0x8b], slip: { what: 'it is compressed with gzip', hint: 'unpack it first: gunzip' } },
  { bytes: [0x42, 0x5a, 0x68], slip: { what: 'it is compressed with bzip2', hint: 'unpack it first: bunzip2' } },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], slip: { what: 'it is compressed with xz', hint: 'unpack it first: unxz' } },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], slip: { what: 'it is compressed with zstd', hint: 'unpack it first: unzstd' } },
  {
    bytes: [0xd0, 0xcf, 0x11, 0xe0],
    slip: { what: 'it is an old Excel workbook (.xls)', hint: 'save the sheet as CSV UTF-8' },
  },
  { bytes: [0x25, 0x50, 0x44, 0x46], slip: { what: 'it is a PDF document', hint: 'ask for the figures as CSV' } },
  { bytes: [0x50, 0x41, 0x52, 0x31], slip: { what: 'it is a Parquet file', hint: 'write its table as CSV' } },
  { bytes: [0xff, 0xfe, 0, 0], slip: { what: 'it is UTF-32, not UTF-8', hint: 'save it as CSV UTF-8' } },
  { bytes: [0xff, 0xfe], slip: { what: 'it is UTF-16 (little-endian), not UTF-8', hint: 'save it as CSV UTF-8' } },
  { bytes: [0xfe, 0xff], slip: { what: 'it is UTF-16 (big-endian), not UTF-8', hint: 'save it as CSV UTF-8' } },
];

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** So far into a file a kind of text shows itself. */
const HEAD_CHARACTERS = 2_000;

/**
 * The text of a table's bytes: what {@link decodeText} gives. Text that is no table (XML, JSON, a web page) is told by its name.
 */
export function readText(bytes: Uint8Array): Outcome<string, Slip> {
  const decoded = decodeText(bytes);
  const other = decoded.value === undefined ? undefined : nameOfOtherText(decoded.value);
  return other === undefined ? decoded : { fault: other };
}

/**
 * The text of a file's bytes: UTF-8, with or without a byte order mark, which is left out. Anything else is told by its name: other
 * encodings, archives, workbooks.
 */
export function decodeText(bytes: Uint8Array): Outcome<string, Slip> {
  const known = SIGNATURES.find((signature) => beginsWith(bytes, signature.bytes));
  if (known !== undefined) return { fault: known.slip };
  const content = beginsWith(bytes, BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
  const zero = content.indexOf(0);
  if (zero >= 0) return { fault: nameOfZeros(content, zero) };
  const decoded = decodeUtf8(content);
  return decoded.fault === undefined ? decoded : { fault: nameOfForeign(content, decoded.fault) };
}

const beginsWith = (bytes: Uint8Array, prefix: readonly number[]) =>
  bytes.length >= prefix.length && prefix.every((byte, index) => bytes[index] === byte);

/** UTF-16 without a mark has a zero beside each plain letter. */
function nameOfZeros(bytes: Uint8Array, zero: number): Slip {
  const isPair = zero <= 1 && bytes[zero + 2] === 0;
  return isPair
    ? { what: `it is UTF-16 (${zero === 0 ? 'big' : 'little'}-endian), not UTF-8`, hint: 'save it as CSV UTF-8' }
    : { what: `it is no text: byte ${zero + 1} is zero`, hint: 'save the table as CSV UTF-8' };
}

function nameOfForeign(bytes: Uint8Array, position: number): Slip {
  const line = bytes.subarray(0, position).reduce((lines, byte) => lines + (byte === 0x0a ? 1 : 0), 1);
  const byte = (bytes[position] ?? 0).toString(16).padStart(2, '0');
  return {
    what: `line ${line} is not UTF-8: it holds the byte 0x${byte}, as in Latin-1 or Windows-1252`,
    hint: 'save it as CSV UTF-8',
  };
}

function nameOfOtherText(text: string): Slip | undefined {
  const head = text.slice(0, HEAD_CHARACTERS).trimStart();
  const hint = 'convert it to CSV: a header line, then a line for each period';
  if (/^<(!doctype html|html)/i.test(head))
    return {
      what: 'it is a web page (HTML), not CSV',
      hint: 'download the file itself; a page often comes where one must sign in',
    };
  if (/^<[?!a-z]/i.test(head)) {
    const isGreenButton = /naesb\.org\/espi|<espi|IntervalReading|IntervalBlock/i.test(text);
    return { what: `it is XML${isGreenButton ? ' (Green Button)' : ''}, not CSV`, hint };
  }
  if (/^(\{|\[\s*[[{"\d\]])/.test(head)) return { what: 'it is JSON, not CSV', hint };
  return undefined;
}

/** Code units that become text at a time: as many arguments as any engine takes. */
const CHUNK = 8_192;

/** Strict UTF-8 (RFC 3629); the fault is the position of the first byte that is none. This package's language has no decoder of its own. */
function decodeUtf8(bytes: Uint8Array): Outcome<string, number> {
  const parts: string[] = [];
  let codes: number[] = [];
  for (let position = 0; position < bytes.length; ) {
    const first = bytes[position] as number;
    const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length === 0) return { fault: position };
    let code = length === 1 ? first : first & (0x7f >> length);
    for (let index = 1; index < length; index += 1) {
      const next = bytes[position + index] ?? 0;
      if ((next & 0xc0) !== 0x80) return { fault: position };
      code = (code << 6) | (next & 0x3f);
    }
    const isOverlong = (length === 3 && code < 0x800) || (length === 4 && code < 0x10000);
    if (isOverlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return { fault: position };
    codes.push(code);
    position += length;
    if (codes.length === CHUNK || position === bytes.length) {
      parts.push(String.fromCodePoint(...codes));
      codes = [];
    }
  }
  return { value: parts.join('') };
}
