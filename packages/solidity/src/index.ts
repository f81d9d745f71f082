export type { SourceFile } from '@wattchain/vm';
export { type Build, buildContract, buildFile } from './build/build.js';
export { type Compilation, compileSolidity } from './compile.js';
export { checkSources, type ReadImport, solcVersion } from './solc.js';
export { renderTableDocs } from './tableDocs.js';
