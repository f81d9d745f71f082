export * from './artifact.js';
export { chooseContract } from './chooseContract.js';
export { formatSourceLine, type SourceLine, sourceLineAt } from './sourceLine.js';
export type { StorageEntry, StorageLayout, StorageType } from './storageLayout.js';
