/** An entry between the one that was used before it and the one that was used after it. */
interface Node<Key, Value> {
  readonly key: Key;
  value: Value;
  older: Node<Key, Value> | undefined;
  newer: Node<Key, Value> | undefined;
}

/**
 * A map that forgets what was used least recently once it holds more than `limit` entries. The order is a list beside the map, since a
 * `Map` whose first entries go leaves gaps that every look for the next first one walks over: here everything costs the same however
 * many entries there are.
 */
export class BoundedMap<Key, Value> {
  readonly #nodes = new Map<Key, Node<Key, Value>>();
  #oldest: Node<Key, Value> | undefined;
  #newest: Node<Key, Value> | undefined;

  constructor(private readonly limit: number) {}

  /** The value, which counts as a use. */
  get(key: Key): Value | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    this.#use(node);
    return node.value;
  }

  has(key: Key): boolean {
    return this.#nodes.has(key);
  }

  set(key: Key, value: Value): void {
    const known = this.#nodes.get(key);
    if (known !== undefined) {
      known.value = value;
      this.#use(known);
      return;
    }
    const node: Node<Key, Value> = { key, value, older: undefined, newer: undefined };
    this.#nodes.set(key, node);
    this.#append(node);
    if (this.#nodes.size > this.limit && this.#oldest !== undefined) this.delete(this.#oldest.key);
  }

  delete(key: Key): void {
    const node = this.#nodes.get(key);
    if (node === undefined) return;
    this.#nodes.delete(key);
    this.#unlink(node);
  }

  clear(): void {
    this.#nodes.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
  }

  get size(): number {
    return this.#nodes.size;
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
