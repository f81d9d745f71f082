export { type Artifact, assemble } from './assemble.js';
export { disassemble } from './disassemble.js';
