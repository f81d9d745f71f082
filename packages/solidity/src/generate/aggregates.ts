/** Structs and arrays as wholes. */
export { clearStorage } from './clear.js';
export { copyToStorage } from './copy.js';
export { pushDefault, pushNewArray } from './defaults.js';
export { copyToMemory } from './read.js';
