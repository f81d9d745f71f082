import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** The page hashes and recovers little at a time, so it takes noble's code, which it needs anyway, instead of the larger one of the nodes. */
const nobleAlone: Plugin = {
  name: 'noble-alone',
  enforce: 'pre',
  resolveId(source, importer) {
    const isOurs = importer?.includes('/core/dist/') && /\/(fastSha256|fastKeccak256|recover)\.js$/.test(source);
    return isOurs ? fileURLToPath(new URL('../core/dist/crypto/nobleAlone.js', import.meta.url)) : undefined;
  },
};

/** The page is static files below its own origin: everything relative to `/`, nothing inlined, since its policy forbids inline code. */
export default defineConfig({
  base: '/',
  plugins: [nobleAlone],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // viem and the contracts' interfaces are most of it; all of it together is measured by the browser tests.
    chunkSizeWarningLimit: 800,
  },
  // `npm run dev -w packages/web` shows the sources against a running node, WATTCHAIN_RPC or the usual port.
  server: {
    proxy: { '/rpc': { target: process.env.WATTCHAIN_RPC ?? 'http://127.0.0.1:8545', ws: true, rewrite: () => '/' } },
  },
  worker: { format: 'es', plugins: () => [nobleAlone] },
});
