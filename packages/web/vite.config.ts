import { defineConfig } from 'vite';

/** The page is static files below its own origin: everything relative to `/`, nothing inlined, since its policy forbids inline code. */
export default defineConfig({
  base: '/',
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
  worker: { format: 'es' },
});
