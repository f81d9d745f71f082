export type { SourceFile } from '@wattchain/vm';
export { checkSources, type ReadImport, solcVersion } from './solc.js';
