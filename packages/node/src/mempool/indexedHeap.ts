/** A binary heap that also takes out items from its middle, and tells where it stands without being emptied. */
export class IndexedHeap<Item> {
  readonly #items: Item[] = [];
  readonly #places = new Map<Item, number>();

  /** The order of two items must not change while they are here. */
  constructor(private readonly isBefore: (a: Item, b: Item) => boolean) {}

  /** The first item and the one after it. */
  get firstTwo(): readonly [Item | undefined, Item | undefined] {
    const [first, left, right] = this.#items;
    return [first, left === undefined || (right !== undefined && this.isBefore(right, left)) ? right : left];
  }

  /** All items as the heap has them: neither of those at 2n + 1 and 2n + 2 comes before the one at n. */
  get items(): readonly Item[] {
    return this.#items;
  }

  /** Takes an item that is not here. */
  put(item: Item): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** Takes an item out, if it is here. */
  delete(item: Item): void {
    const place = this.#places.get(item);
    if (place === undefined) return;
    this.#places.delete(item);
    const last = this.#items.pop() as Item;
    if (last === item) return;
    if (place > 0 && this.isBefore(last, this.#items[(place - 1) >> 1] as Item)) this.#rise(last, place);
    else this.#sink(last, place);
  }

  #rise(item: Item, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = this.#items[(place - 1) >> 1] as Item;
      if (!this.isBefore(item, parent)) break;
      this.#set(parent, place);
      place = (place - 1) >> 1;
    }
    this.#set(item, place);
  }

  #sink(item: Item, from: number): void {
    const items = this.#items;
    let place = from;
    for (let child = 2 * place + 1; child < items.length; child = 2 * place + 1) {
      if (child + 1 < items.length && this.isBefore(items[child + 1] as Item, items[child] as Item)) child++;
      if (!this.isBefore(items[child] as Item, item)) break;
      this.#set(items[child] as Item, place);
      place = child;
    }
    this.#set(item, place);
  }

  #set(item: Item, place: number): void {
    this.#items[place] = item;
    this.#places.set(item, place);
  }
}
