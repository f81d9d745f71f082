import type { Method } from '../protocol/method.js';
import { blockMethods } from './blockMethods.js';
import { debugMethods } from './debugMethods.js';
import { discoverMethod } from './discoverMethod.js';
import { feeMethods } from './feeMethods.js';
import { filterMethods } from './filterMethods.js';
import { logMethods } from './logMethods.js';
import { nodeMethods } from './nodeMethods.js';
import { poolMethods } from './poolMethods.js';
import { stateMethods } from './stateMethods.js';
import { transactionMethods } from './transactionMethods.js';
import { wattMethods } from './wattMethods.js';
import { workMethods } from './workMethods.js';

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
