import { writeSync } from 'node:fs';

/** Where a log's lines go. */
export interface LogOutput {
  write(line: string): void;
}

/** How long to wait until a full pipe is read, before the next try. */
const PIPE_MS = 10;

/**
 * A file or pipe for a log, by its descriptor. A line is written at once, so that the last ones before a crash are there. What a full disk
 * or a pipe without a reader does not take is left out, and the next line tried again: for want of a log no node ends.
 */
export function logOutput(descriptor: number): LogOutput {
  let isTorn = false;
  return {
    write(line) {
      const bytes = Buffer.from(isTorn ? `\n${line}` : line);
      let written = 0;
      while (written < bytes.length) {
        try {
          written += writeSync(descriptor, bytes, written);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') break;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_MS);
        }
      }
      // The next line begins one of its own.
      if (written > 0) isTorn = written < bytes.length;
    },
  };
}
