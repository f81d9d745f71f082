/** What an artifact says of a contract beside its code: interface, storage, and where its instructions were written. */
import type { AbiEntry, AbiParameter } from '../abi.js';
import type { SourceMapEntry, StorageEntry, StorageLayout, StorageType } from '../artifact/index.js';
import type { Contract, FunctionDeclaration, Parameter, Signature } from './contract.js';
import type { ProgramInstruction } from './layout.js';
import { outermostPlace, type Place } from './source.js';

/** One entry for each stretch of instructions of a line, and of a line in a macro. */
export function sourceMapOf(
  instructions: readonly ProgramInstruction<Place>[],
  offsets: readonly number[],
): SourceMapEntry[] {
  const map: SourceMapEntry[] = [];
  for (const [index, { place }] of instructions.entries()) {
    const { line, column } = outermostPlace(place);
    const macroLine = place.expansion === undefined ? undefined : place.line;
    const last = map.at(-1);
    if (last?.[2] === line && last[4] === macroLine) continue;
    const offset = offsets[index] as number;
    map.push(macroLine === undefined ? [offset, 0, line, column] : [offset, 0, line, column, macroLine]);
  }
  return map;
}

const WORD = 't_uint256';
const WORD_MAP = `t_mapping(${WORD},${WORD})`;
const WORD_BYTES = '32';

/** A slot is a number, a map leads from one to one: the assembly knows words only. */
export function storageLayoutOf({ name, slots, maps }: Contract, fileName: string): StorageLayout {
  const contract = `${fileName}:${name}`;
  const entries = (numbers: ReadonlyMap<string, number>, type: string): StorageEntry[] =>
    [...numbers].map(([label, slot]) => ({ contract, label, offset: 0, slot: String(slot), type }));
  const storage = [...entries(slots, WORD), ...entries(maps, WORD_MAP)].sort((a, b) => Number(a.slot) - Number(b.slot));
  const word: StorageType = { encoding: 'inplace', label: 'uint256', numberOfBytes: WORD_BYTES };
  const map: StorageType = {
    encoding: 'mapping',
    key: WORD,
    label: 'mapping(uint256 => uint256)',
    numberOfBytes: WORD_BYTES,
    value: WORD,
  };
  if (storage.length === 0) return { storage, types: null };
  return { storage, types: { ...(maps.size === 0 ? {} : { [WORD_MAP]: map }), [WORD]: word } };
}

/** In the order of the source: functions, events, errors. */
export function abiOf(contract: Contract): AbiEntry[] {
  const entries: AbiEntry[] = [];
  for (const declaration of contract.functions) {
    if (declaration.kind !== 'code' && declaration.kind !== 'subroutine') entries.push(abiOfFunction(declaration));
  }
  for (const event of contract.events.values()) {
    entries.push({ type: 'event', name: event.name, inputs: abiOfEventInputs(event), anonymous: false });
  }
  for (const error of contract.errors.values()) {
    entries.push({ type: 'error', name: error.name, inputs: error.parameters.map(abiOfParameter) });
  }
  return entries;
}

function abiOfFunction(declaration: FunctionDeclaration): AbiEntry {
  const inputs = declaration.parameters.map(abiOfParameter);
  const mutability = declaration.payable ? 'payable' : 'nonpayable';
  if (declaration.kind === 'receive') return { type: 'receive', stateMutability: 'payable' };
  if (declaration.kind === 'constructor') return { type: 'constructor', inputs, stateMutability: mutability };
  return {
    type: 'function',
    name: declaration.name,
    inputs,
    outputs: declaration.outputs.map(abiOfParameter),
    stateMutability: declaration.view ? 'view' : mutability,
  };
}

function abiOfEventInputs(event: Signature): AbiParameter[] {
  return event.parameters.map((parameter) => ({ ...abiOfParameter(parameter), indexed: parameter.indexed }));
}

function abiOfParameter(parameter: Parameter): AbiParameter {
  return { name: parameter.name, type: parameter.type.name };
}
