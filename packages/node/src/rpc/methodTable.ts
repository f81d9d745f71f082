import type { Method } from './method.js';
import { blockMethods } from './methods/blockMethods.js';
import { logMethods } from './methods/logMethods.js';
import { nodeMethods } from './methods/nodeMethods.js';
import { stateMethods } from './methods/stateMethods.js';
import { transactionMethods } from './methods/transactionMethods.js';
import { wattMethods } from './methods/wattMethods.js';

/** Every method of this node, by name. A `Map`, so that a method called `__proto__` is simply unknown. */
export const METHOD_TABLE: ReadonlyMap<string, Method> = new Map(
  [...nodeMethods, ...blockMethods, ...stateMethods, ...transactionMethods, ...logMethods, ...wattMethods].map(
    (method) => [method.name, method],
  ),
);
