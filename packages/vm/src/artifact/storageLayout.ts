/** A description of a contract's storage in the shape of solc's output `storageLayout`, which tools that read slots know. */

/** A state variable, or a member of a struct, whose slot then counts from the struct's. */
export interface StorageEntry {
  /** Number of the declaration in solc's tree. */
  readonly astId?: number;
  /** File and contract: `token.sol:Token`. */
  readonly contract: string;
  readonly label: string;
  /** Bytes from the low end of the slot's word. */
  readonly offset: number;
  /** Decimal digits. */
  readonly slot: string;
  /** Key in the layout's `types`. */
  readonly type: string;
}

/** How values of a type lie in storage. */
export interface StorageType {
  readonly encoding: 'inplace' | 'mapping' | 'dynamic_array' | 'bytes';
  readonly label: string;
  /** Decimal digits. */
  readonly numberOfBytes: string;
  /** Of a mapping, keys in `types`. */
  readonly key?: string;
  readonly value?: string;
  /** Of an array, a key in `types`. */
  readonly base?: string;
  /** Of a struct. */
  readonly members?: readonly StorageEntry[];
}

/** Where a contract keeps what; `types` is null where it keeps nothing. */
export interface StorageLayout {
  readonly storage: readonly StorageEntry[];
  readonly types: Readonly<Record<string, StorageType>> | null;
}

/** Whether JSON data have that shape, and every type that is named is there. */
export function isStorageLayout(value: unknown): value is StorageLayout {
  if (!isRecord(value)) return false;
  const { storage, types } = value;
  const known = types === null ? {} : types;
  if (!isRecord(known)) return false;
  const names = new Set(Object.keys(known));
  return isEntryList(storage, names) && Object.values(known).every((type) => isType(type, names));
}

const ENCODINGS: readonly unknown[] = ['inplace', 'mapping', 'dynamic_array', 'bytes'];

function isType(value: unknown, names: ReadonlySet<string>): boolean {
  if (!isRecord(value)) return false;
  const { encoding, label, numberOfBytes, key, value: item, base, members } = value;
  if (!ENCODINGS.includes(encoding) || typeof label !== 'string' || !isDigits(numberOfBytes)) return false;
  if (![key, item, base].every((name) => name === undefined || names.has(name as string))) return false;
  return members === undefined || isEntryList(members, names);
}

function isEntryList(value: unknown, names: ReadonlySet<string>): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((entry: unknown) => {
    if (!isRecord(entry)) return false;
    const { contract, label, offset, slot, type } = entry;
    const isWhere = Number.isInteger(offset) && (offset as number) >= 0 && (offset as number) < 32 && isDigits(slot);
    return isWhere && typeof contract === 'string' && typeof label === 'string' && names.has(type as string);
  });
}

function isDigits(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,78}$/.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
