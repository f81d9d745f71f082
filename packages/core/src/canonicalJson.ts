/** The canonical texts of an object's members, `"name":value`, in the order of their names, where there are too many to make an object of them. */
export interface MemberTexts {
  readonly memberTexts: () => Iterable<string>;
}

function isMemberTexts(value: object): value is MemberTexts {
  return 'memberTexts' in value && typeof value.memberTexts === 'function';
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
  yield '{';
  if (isMemberTexts(value)) {
    for (const member of value.memberTexts()) {
      yield separator + member;
      separator = ',';
    }
  } else {
    for (const [key, member] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield `${separator}${JSON.stringify(key)}:`;
      yield* canonicalTexts(member);
      separator = ',';
    }
  }
  yield '}';
}
