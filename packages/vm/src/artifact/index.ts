export * from './artifact.js';
export { formatSourceLine, type SourceLine, sourceLineAt } from './sourceLine.js';
export type { StorageEntry, StorageLayout, StorageType } from './storageLayout.js';
