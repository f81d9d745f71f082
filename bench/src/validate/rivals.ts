/** One measure against one rival: how many a CPU second, medians of the rounds; `ratio` is the median of the rounds' ours / theirs. */
export interface RivalMeasure {
  readonly name: string;
  readonly measure: string;
  readonly ratio: number;
  readonly ours: number;
  readonly theirs: number;
}

/** What `run` gives, and how many of the `times` things that it does fit a CPU second of this process. */
export async function cpuRate<T>(times: number, run: () => T | Promise<T>): Promise<readonly [T, number]> {
  const before = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(before);
  return [result, (times / Math.max(1, user + system)) * 1e6];
}
