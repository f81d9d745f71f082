import type { Method } from './method.js';
import { blockMethods } from './methods/blockMethods.js';
import { debugMethods } from './methods/debugMethods.js';
import { discoverMethod } from './methods/discoverMethod.js';
import { feeMethods } from './methods/feeMethods.js';
import { filterMethods } from './methods/filterMethods.js';
import { logMethods } from './methods/logMethods.js';
import { nodeMethods } from './methods/nodeMethods.js';
import { poolMethods } from './methods/poolMethods.js';
import { stateMethods } from './methods/stateMethods.js';
import { transactionMethods } from './methods/transactionMethods.js';
import { wattMethods } from './methods/wattMethods.js';
import { workMethods } from './methods/workMethods.js';

/** In the order of the documentation. */
const METHODS: readonly Method[] = [
  ...nodeMethods,
  ...feeMethods,
  ...blockMethods,
  ...stateMethods,
  ...transactionMethods,
  ...logMethods,
  ...filterMethods,
  ...poolMethods,
  ...debugMethods,
  ...wattMethods,
  ...workMethods,
];

/** Every method of this node, by name. A `Map`, so that a method called `__proto__` is simply unknown. */
export const METHOD_TABLE: ReadonlyMap<string, Method> = new Map(
  [...METHODS, discoverMethod(METHODS)].map((method) => [method.name, method]),
);
