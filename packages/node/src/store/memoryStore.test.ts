import { storeTests } from '../../testing/storeTests.js';
import { MemoryStore } from './memoryStore.js';

storeTests('MemoryStore', async () => {
  const { entries } = new MemoryStore();
  return { open: async () => new MemoryStore(entries), remove: async () => {} };
});
