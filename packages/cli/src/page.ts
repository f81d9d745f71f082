import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the built wallet and community page, which a node serves at its RPC port. */
export const pageDirectory = (): string =>
  dirname(fileURLToPath(import.meta.resolve('@wattchain/web/page/index.html')));
