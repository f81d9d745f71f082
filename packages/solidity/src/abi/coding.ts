/** Solidity's ABI, as the rest of the generator asks for it. */
export { decodeArguments, decodeMemory } from './decode.js';
export { encodeToMemory, flatten } from './encode.js';
export { returnValues, revertWith } from './results.js';
export { headWords, isStatic } from './shape.js';
export { validate } from './validate.js';
