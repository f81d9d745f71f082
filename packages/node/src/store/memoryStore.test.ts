import { MemoryStore } from './memoryStore.js';
import { storeTests } from './storeTests.js';

storeTests('MemoryStore', async () => {
  const { entries } = new MemoryStore();
  return { open: async () => new MemoryStore(entries), remove: async () => {} };
});
