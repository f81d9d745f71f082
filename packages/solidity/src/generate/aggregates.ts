/** Structs and arrays as wholes. */
export { clearStorage } from './clear.js';
export { copyToMemory, copyToStorage } from './copy.js';
export { pushDefault, pushNewArray } from './defaults.js';
