export { checkSources, type ReadImport, type SourceFile, type StorageLayout, solcVersion } from './solc.js';
