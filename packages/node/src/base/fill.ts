/** How full something with a limit is. */
export interface Fill {
  /** What is kept, in the plural. */
  readonly name: string;
  readonly size: number;
  readonly limit: number;
}
