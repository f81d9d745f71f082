export { assemble } from './assemble.js';
export { disassemble } from './disassemble.js';
export * from './layout.js';
export { printable } from './source.js';
