/** What a function reads of its calldata: words, lists, and how many bits they may have. */
import { error, type Vector } from './vector.js';

const MAX = 2n ** 256n - 1n;
const BAD_LIST = error('a list argument lies outside the calldata');

export const CALLDATA_VECTORS: Readonly<Record<string, readonly Vector[]>> = {
  ARG: [
    { lines: [['PUSH', 1n], ['ARG'], ['RETURN', 1]], args: [4n, 5n], returns: [5n] },
    {
      lines: [['PUSH', 2n], ['ARG'], ['RETURN', 1]],
      args: [4n, 5n],
      fails: ['badArguments', error('an argument is missing')],
    },
    {
      lines: [['PUSH', MAX], ['ARG'], ['RETURN', 1]],
      args: [4n],
      fails: ['badArguments', error('an argument is missing')],
    },
  ],
  ARGCOUNT: [{ lines: [['ARGCOUNT'], ['RETURN', 1]], args: [4n, 5n, 6n], returns: [3n] }],
  LISTLEN: [
    {
      lines: [
        ['LISTLEN', 1],
        ['RETURN', 1],
      ],
      args: [9n, 64n, 2n, 7n, 8n],
      returns: [2n],
    },
    {
      lines: [
        ['LISTLEN', 0],
        ['RETURN', 1],
      ],
      args: [32n, 0n],
      returns: [0n],
    },
    {
      lines: [
        ['LISTLEN', 0],
        ['RETURN', 1],
      ],
      args: [32n, 2n, 7n],
      fails: ['badArguments', BAD_LIST],
    },
    {
      lines: [
        ['LISTLEN', 0],
        ['RETURN', 1],
      ],
      args: [33n, 1n, 7n],
      fails: ['badArguments', BAD_LIST],
    },
    {
      lines: [
        ['LISTLEN', 0],
        ['RETURN', 1],
      ],
      args: [64n, 0n],
      fails: ['badArguments', BAD_LIST],
    },
    {
      lines: [
        ['LISTLEN', 0],
        ['RETURN', 1],
      ],
      args: [32n, MAX],
      fails: ['badArguments', BAD_LIST],
    },
    {
      lines: [
        ['LISTLEN', 3],
        ['RETURN', 1],
      ],
      args: [32n, 0n],
      fails: ['badArguments', BAD_LIST],
    },
  ],
  LISTAT: [
    {
      lines: [
        ['PUSH', 1n],
        ['LISTAT', 1],
        ['RETURN', 1],
      ],
      args: [9n, 64n, 2n, 7n, 8n],
      returns: [8n],
    },
    {
      lines: [
        ['PUSH', 2n],
        ['LISTAT', 1],
        ['RETURN', 1],
      ],
      args: [9n, 64n, 2n, 7n, 8n, 99n],
      fails: ['badArguments', error('a list argument is shorter than the index')],
    },
    {
      lines: [
        ['PUSH', 0n],
        ['LISTAT', 0],
        ['RETURN', 1],
      ],
      args: [MAX - 31n, 1n],
      fails: ['badArguments', BAD_LIST],
    },
  ],
  CHECKRANGE: [
    {
      lines: [
        ['PUSH', 255n],
        ['CHECKRANGE', 8],
        ['RETURN', 1],
      ],
      returns: [255n],
    },
    {
      lines: [
        ['PUSH', 256n],
        ['CHECKRANGE', 8],
        ['RETURN', 1],
      ],
      fails: ['badArguments', error('an argument has more than 8 bits')],
    },
  ],
};
