/** Members of an object in the order of their names, where there are too many to make an object of them. */
export interface SortedMembers {
  readonly sortedMembers: () => Iterable<readonly [string, unknown]>;
}

function isSortedMembers(value: object): value is SortedMembers {
  return 'sortedMembers' in value && typeof value.sortedMembers === 'function';
}

/** JSON without white space, the keys of every object sorted by their UTF-16 code units (as RFC 8785 does), piece by piece. */
export function* canonicalTexts(value: unknown): Generator<string, void, undefined> {
  if (typeof value !== 'object' || value === null) {
    yield JSON.stringify(value);
    return;
  }
  let separator = '';
  if (Array.isArray(value)) {
    yield '[';
    for (const element of value) {
      yield separator;
      yield* canonicalTexts(element);
      separator = ',';
    }
    yield ']';
    return;
  }
  const members = isSortedMembers(value)
    ? value.sortedMembers()
    : Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  yield '{';
  for (const [key, member] of members) {
    yield `${separator}${JSON.stringify(key)}:`;
    yield* canonicalTexts(member);
    separator = ',';
  }
  yield '}';
}
