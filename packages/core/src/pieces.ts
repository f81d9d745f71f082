/**
 * Work that can rest: it yields after every piece, whose length the work decides, and returns what it comes to. Who runs it decides
 * what goes in between.
 */
export type Pieces<T> = Generator<undefined, T, undefined>;

/** What is there already, as work of one piece. */
// biome-ignore lint/correctness/useYield: that is the point
export function* atOnce<T>(value: T): Pieces<T> {
  return value;
}

/** Runs all pieces in a row. */
export function runToEnd<T>(pieces: Pieces<T>): T {
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}
