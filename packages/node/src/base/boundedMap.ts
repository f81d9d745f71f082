/** An entry between the one that was used before it and the one that was used after it. */
interface Node<Key, Value> {
  readonly key: Key;
  value: Value;
  weight: number;
  older: Node<Key, Value> | undefined;
  newer: Node<Key, Value> | undefined;
}

/** Where entries are found by their keys: a `Map`, or a `ByteMap` for keys of bytes. */
type Nodes<Key, Value> = Pick<Map<Key, Node<Key, Value>>, 'get' | 'has' | 'delete' | 'size'> & {
  set(key: Key, node: Node<Key, Value>): unknown;
};

/**
 * A map that forgets what was used least recently, entry by entry, once what it holds weighs more than `limit`: so a full one takes the same
 * memory all the time. The order is a list beside the map, since a `Map` whose first entries go leaves gaps that every look for the next
 * first one walks over: here everything costs the same however many entries there are.
 */
export class BoundedMap<Key, Value> {
  #oldest: Node<Key, Value> | undefined;
  #newest: Node<Key, Value> | undefined;
  #weight = 0;

  /**
   * @param limit of all entries together; an entry that weighs more is not kept
   * @param weigh an entry as long as it has this value: 1 when absent, so that `limit` counts entries
   */
  constructor(
    private readonly limit: number,
    private readonly weigh: (value: Value, key: Key) => number = () => 1,
    private readonly nodes: Nodes<Key, Value> = new Map(),
  ) {}

  /** The value, which counts as a use. */
  get(key: Key): Value | undefined {
    const node = this.nodes.get(key);
    if (node === undefined) return undefined;
    this.#use(node);
    return node.value;
  }

  has(key: Key): boolean {
    return this.nodes.has(key);
  }

  set(key: Key, value: Value): void {
    const weight = this.weigh(value, key);
    const known = this.nodes.get(key);
    if (known === undefined) {
      const node: Node<Key, Value> = { key, value, weight, older: undefined, newer: undefined };
      this.nodes.set(key, node);
      this.#append(node);
      this.#weight += weight;
    } else {
      this.#weight += weight - known.weight;
      known.value = value;
      known.weight = weight;
      this.#use(known);
    }
    while (this.#weight > this.limit && this.#oldest !== undefined) this.#forget(this.#oldest);
  }

  delete(key: Key): void {
    const node = this.nodes.get(key);
    if (node !== undefined) this.#forget(node);
  }

  clear(): void {
    while (this.#oldest !== undefined) this.#forget(this.#oldest);
  }

  get size(): number {
    return this.nodes.size;
  }

  /** Of all entries together. */
  get weight(): number {
    return this.#weight;
  }

  #forget(node: Node<Key, Value>): void {
    this.nodes.delete(node.key);
    this.#unlink(node);
    this.#weight -= node.weight;
  }

  /** Makes an entry the newest. */
  #use(node: Node<Key, Value>): void {
    if (node === this.#newest) return;
    this.#unlink(node);
    this.#append(node);
  }

  #append(node: Node<Key, Value>): void {
    node.older = this.#newest;
    node.newer = undefined;
    if (this.#newest === undefined) this.#oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
  }

  #unlink({ older, newer }: Node<Key, Value>): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
