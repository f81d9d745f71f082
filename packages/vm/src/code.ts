/** The header of contract code and the data of a deployment (docs/vm.md, "Code"). */
import {
  assert,
  bytesToBigInt,
  concatBytes,
  EMPTY_BYTES,
  MAX_CODE_BYTES,
  numberToBytes,
  type Outcome,
  textToBytes,
} from '@wattchain/core';

/** One function of a contract as its code's header lists it. */
export interface FunctionEntry {
  /** First 4 bytes of the signature's keccak256; 0 for the constructor. */
  readonly selector: number;
  /** Words that the calldata must have at least: one an argument. */
  readonly headWords: number;
  readonly payable: boolean;
  readonly view: boolean;
  readonly constructor: boolean;
  /** Offset of its first instruction from the start of the code. */
  readonly entry: number;
}

/** Why bytes are not code that the machine runs. */
export interface CodeFault {
  readonly code: 'codeHeader' | 'codeInstruction' | 'codeTarget' | 'codeStack' | 'codeEnd';
  /** Where, from the start of the code. */
  readonly offset: number;
  /** One sentence. */
  readonly detail: string;
}

/** What the header says. */
export interface CodeHeader {
  /** Bytes of the whole code. */
  readonly length: number;
  readonly functions: readonly FunctionEntry[];
}

const MAGIC = textToBytes('WC');
const FORMAT = 1;
const FIXED_BYTES = 6;
const FUNCTION_BYTES = 8;
const FLAG_PAYABLE = 1;
const FLAG_VIEW = 2;
const FLAG_CONSTRUCTOR = 4;

/** Bytes before the first instruction. */
export function codeHeaderLength(functionCount: number): number {
  return FIXED_BYTES + FUNCTION_BYTES * functionCount;
}

/** Code of these functions, in any order, and these instructions; asserts that it fits. The verifier checks the rest. */
export function encodeCode(functions: readonly FunctionEntry[], instructions: Uint8Array): Uint8Array {
  const length = codeHeaderLength(functions.length) + instructions.length;
  assert(length <= MAX_CODE_BYTES, `code of ${length} bytes is above ${MAX_CODE_BYTES}`);
  const sorted = [...functions].sort((a, b) => a.selector - b.selector);
  return concatBytes(
    MAGIC,
    Uint8Array.of(FORMAT),
    numberToBytes(length, 2),
    numberToBytes(functions.length, 1),
    ...sorted.map(encodeFunction),
    instructions,
  );
}

function encodeFunction(entry: FunctionEntry): Uint8Array {
  const flags =
    (entry.payable ? FLAG_PAYABLE : 0) | (entry.view ? FLAG_VIEW : 0) | (entry.constructor ? FLAG_CONSTRUCTOR : 0);
  return concatBytes(
    numberToBytes(entry.selector, 4),
    numberToBytes(entry.headWords, 1),
    numberToBytes(flags, 1),
    numberToBytes(entry.entry, 2),
  );
}

function headerFault(offset: number, detail: string): { fault: CodeFault } {
  return { fault: { code: 'codeHeader', offset, detail } };
}

/** Reads the header at the start of `code`, which may be followed by other bytes; entries are not looked at yet. */
export function decodeCodeHeader(code: Uint8Array): Outcome<CodeHeader, CodeFault> {
  if (code.length < FIXED_BYTES || code[0] !== MAGIC[0] || code[1] !== MAGIC[1] || code[2] !== FORMAT) {
    return headerFault(0, 'contract code starts with "WC" and format 1');
  }
  const length = readNumber(code, 3, 2);
  const functionCount = readNumber(code, 5, 1);
  if (length > MAX_CODE_BYTES)
    return headerFault(3, `${length} bytes of code are above the limit of ${MAX_CODE_BYTES}`);
  if (length > code.length) return headerFault(3, `the code states ${length} bytes and has ${code.length}`);
  if (codeHeaderLength(functionCount) > length) return headerFault(5, `${functionCount} functions do not fit the code`);
  const functions: FunctionEntry[] = [];
  for (let i = 0; i < functionCount; i++) {
    const offset = codeHeaderLength(i);
    const flags = readNumber(code, offset + 5, 1);
    const entry: FunctionEntry = {
      selector: readNumber(code, offset, 4),
      headWords: readNumber(code, offset + 4, 1),
      payable: (flags & FLAG_PAYABLE) !== 0,
      view: (flags & FLAG_VIEW) !== 0,
      constructor: (flags & FLAG_CONSTRUCTOR) !== 0,
      entry: readNumber(code, offset + 6, 2),
    };
    const previous = functions.at(-1);
    if (previous !== undefined && previous.selector >= entry.selector) {
      return headerFault(offset, 'functions are not sorted by selector, each once');
    }
    if (flags > (FLAG_PAYABLE | FLAG_VIEW | FLAG_CONSTRUCTOR)) return headerFault(offset + 5, `unknown flags ${flags}`);
    if (entry.view && (entry.payable || entry.constructor)) {
      return headerFault(offset + 5, 'a view function is neither payable nor the constructor');
    }
    if (entry.constructor && entry.selector !== 0) return headerFault(offset, 'the constructor has selector 0');
    functions.push(entry);
  }
  return { value: { length, functions } };
}

function readNumber(bytes: Uint8Array, offset: number, length: number): number {
  return Number(bytesToBigInt(bytes.subarray(offset, offset + length)));
}

/** Splits the data of a deployment at the length that the code states: the code, then the constructor's arguments. */
export function splitDeployment(data: Uint8Array): Outcome<{ code: Uint8Array; args: Uint8Array }, CodeFault> {
  const header = decodeCodeHeader(data);
  if (header.fault) return header;
  const { length } = header.value;
  // A copy, since the code outlives the transaction that brought it.
  return { value: { code: data.slice(0, length), args: data.length > length ? data.slice(length) : EMPTY_BYTES } };
}
