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
  /** First 4 bytes of the signature's keccak256; 0 for the constructor and `receive`. */
  readonly selector: number;
  /** Words that the calldata must have at least: one an argument. */
  readonly headWords: number;
  readonly payable: boolean;
  readonly view: boolean;
  readonly constructor: boolean;
  /** Takes the coins of a payment that names no function. */
  readonly receive: boolean;
  /** Offset of its first instruction from the start of the code. */
  readonly entry: number;
}

/** One subroutine of a contract as its code's header lists it. */
export interface SubroutineEntry {
  /** Words that it takes off the stack and words that it leaves there. */
  readonly takes: number;
  readonly gives: number;
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
  readonly subroutines: readonly SubroutineEntry[];
}

const MAGIC = textToBytes('WC');
const FORMAT = 2;
const FIXED_BYTES = 8;
const FUNCTION_BYTES = 8;
const SUBROUTINE_BYTES = 4;
const FLAG_PAYABLE = 1;
const FLAG_VIEW = 2;
const FLAG_CONSTRUCTOR = 4;
const FLAG_RECEIVE = 8;
const ALL_FLAGS = FLAG_PAYABLE | FLAG_VIEW | FLAG_CONSTRUCTOR | FLAG_RECEIVE;

/** Bytes before the first instruction. */
export function codeHeaderLength(functionCount: number, subroutineCount: number): number {
  return FIXED_BYTES + FUNCTION_BYTES * functionCount + SUBROUTINE_BYTES * subroutineCount;
}

/**
 * Code of these functions, in any order, these subroutines, in the order of the code, and these instructions; asserts that it fits.
 * The verifier checks the rest.
 */
export function encodeCode(
  functions: readonly FunctionEntry[],
  subroutines: readonly SubroutineEntry[],
  instructions: Uint8Array,
): Uint8Array {
  const length = codeHeaderLength(functions.length, subroutines.length) + instructions.length;
  assert(length <= MAX_CODE_BYTES, 'too many bytes of code', length);
  const sorted = [...functions].sort((a, b) => orderOf(a) - orderOf(b));
  return concatBytes(
    MAGIC,
    Uint8Array.of(FORMAT),
    numberToBytes(length, 2),
    numberToBytes(functions.length, 1),
    numberToBytes(subroutines.length, 2),
    ...sorted.map(encodeFunction),
    ...subroutines.map(({ takes, gives, entry }) => concatBytes(Uint8Array.of(takes, gives), numberToBytes(entry, 2))),
    instructions,
  );
}

/** Functions stand by selector, the constructor and `receive`, which nobody selects, before them. */
function orderOf(entry: FunctionEntry): number {
  if (entry.constructor) return -2;
  return entry.receive ? -1 : entry.selector;
}

function encodeFunction(entry: FunctionEntry): Uint8Array {
  const flags =
    (entry.payable ? FLAG_PAYABLE : 0) |
    (entry.view ? FLAG_VIEW : 0) |
    (entry.constructor ? FLAG_CONSTRUCTOR : 0) |
    (entry.receive ? FLAG_RECEIVE : 0);
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
    return headerFault(0, `contract code starts with "WC" and format ${FORMAT}`);
  }
  const length = readNumber(code, 3, 2);
  const functionCount = readNumber(code, 5, 1);
  const subroutineCount = readNumber(code, 6, 2);
  if (length > MAX_CODE_BYTES)
    return headerFault(3, `${length} bytes of code are above the limit of ${MAX_CODE_BYTES}`);
  if (length > code.length) return headerFault(3, `the code states ${length} bytes and has ${code.length}`);
  if (codeHeaderLength(functionCount, subroutineCount) > length) {
    return headerFault(5, `${functionCount} functions and ${subroutineCount} subroutines do not fit the code`);
  }
  const functions = decodeFunctions(code, functionCount);
  if (functions.fault) return functions;
  const subroutines = decodeSubroutines(code, codeHeaderLength(functionCount, 0), subroutineCount);
  if (subroutines.fault) return subroutines;
  return { value: { length, functions: functions.value, subroutines: subroutines.value } };
}

function decodeFunctions(code: Uint8Array, functionCount: number): Outcome<FunctionEntry[], CodeFault> {
  const functions: FunctionEntry[] = [];
  for (let i = 0; i < functionCount; i++) {
    const offset = codeHeaderLength(i, 0);
    const flags = readNumber(code, offset + 5, 1);
    const entry: FunctionEntry = {
      selector: readNumber(code, offset, 4),
      headWords: readNumber(code, offset + 4, 1),
      payable: (flags & FLAG_PAYABLE) !== 0,
      view: (flags & FLAG_VIEW) !== 0,
      constructor: (flags & FLAG_CONSTRUCTOR) !== 0,
      receive: (flags & FLAG_RECEIVE) !== 0,
      entry: readNumber(code, offset + 6, 2),
    };
    const previous = functions.at(-1);
    if (previous !== undefined && orderOf(previous) >= orderOf(entry)) {
      return headerFault(offset, 'functions are not in order, each once: constructor, receive, then by selector');
    }
    if (flags > ALL_FLAGS) return headerFault(offset + 5, `unknown flags ${flags}`);
    if (entry.view && (entry.payable || entry.constructor)) {
      return headerFault(offset + 5, 'a view function is neither payable nor the constructor');
    }
    if (entry.receive && (entry.constructor || !entry.payable || entry.headWords > 0)) {
      return headerFault(offset + 4, 'receive is payable, takes no arguments and is not the constructor');
    }
    if ((entry.constructor || entry.receive) && entry.selector !== 0) {
      return headerFault(offset, 'the constructor and receive have selector 0');
    }
    functions.push(entry);
  }
  return { value: functions };
}

function decodeSubroutines(code: Uint8Array, start: number, count: number): Outcome<SubroutineEntry[], CodeFault> {
  const subroutines: SubroutineEntry[] = [];
  for (let offset = start; subroutines.length < count; offset += SUBROUTINE_BYTES) {
    const [takes, gives] = [readNumber(code, offset, 1), readNumber(code, offset + 1, 1)];
    const entry = { takes, gives, entry: readNumber(code, offset + 2, 2) };
    if (entry.entry <= (subroutines.at(-1)?.entry ?? 0)) {
      return headerFault(offset + 2, 'subroutines are not in the order of the code, each once');
    }
    subroutines.push(entry);
  }
  return { value: subroutines };
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
