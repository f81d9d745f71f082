import { expect, it } from 'vitest';
import { ALICE, ChainKit, testTransaction } from '../testing/chainKit.js';
import { NetworkKit, until, untilHandshakes, untilHead } from '../testing/networkKit.js';

it('latency', async () => {
  const kit = new ChainKit();
  const net = new NetworkKit();
  const a = await net.start({ kit });
  const b = await net.start({ kit, peers: [a.address] });
  const c = await net.start({ kit, peers: [a.address, b.address] });
  const t00 = performance.now();
  const d = await net.start({ kit, peers: [a.address, b.address, c.address] });
  const all = [a, b, c, d];
  await untilHandshakes(all, 3);
  console.log('join of 4th incl start', performance.now() - t00);
  let tip = kit.genesisBlock;
  const times: number[] = [];
  for (let i = 0; i < 60; i++) {
    tip = kit.mine(tip);
    const t = performance.now();
    await all[i % 4]!.accept(tip);
    await untilHead(all, tip);
    times.push(performance.now() - t);
  }
  console.log('block', times.map((x) => x.toFixed(1)).join(' '));
  const txs = Array.from({ length: 60 }, (_, nonce) => testTransaction(kit.genesis, ALICE, { nonce }));
  const t = performance.now();
  for (const tx of txs) a.mempool.add(tx, 'local');
  await until(all, () => all.every((n) => n.mempool.size === 60));
  console.log('60 tx', performance.now() - t);
  console.log('rss MB', process.memoryUsage().rss / 1e6, 'heap', process.memoryUsage().heapUsed / 1e6);
  const s = performance.now();
  await net.stop();
  console.log('stop', performance.now() - s);
}, 60000);
