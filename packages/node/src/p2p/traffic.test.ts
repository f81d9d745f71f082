import { afterEach, expect, test } from 'vitest';
import { NetworkKit, untilHandshakes } from '../../testing/networkKit.js';

const kit = new NetworkKit();
afterEach(() => kit.stop());

test('what one node sends the other receives, encryption included', async () => {
  const first = await kit.start();
  const second = await kit.start({ peers: [first.address] });
  await untilHandshakes([first, second], 1);
  // A handshake alone: noise, multistream, identify and two statuses of more than 100 bytes.
  expect(second.network.traffic.sentBytes).toBeGreaterThan(500);
  expect(second.network.traffic.receivedBytes).toBeGreaterThan(500);
  expect(first.network.traffic.receivedBytes).toBeGreaterThan(500);
  await second.network.stop();
  // TCP delivers in order, so the first node never counts more than the second sent.
  expect(first.network.traffic.receivedBytes).toBeLessThanOrEqual(second.network.traffic.sentBytes);
});
