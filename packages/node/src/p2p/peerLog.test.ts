import { expect, it } from 'vitest';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { STRANGER_LINES } from './limits.js';
import { PeerLog } from './peerLog.js';

it('says of strangers so much at once and little after that, and of known peers everything', () => {
  const runtime = new ManualRuntime(0);
  const lines: string[] = [];
  const log = { ...silentLogger, info: () => lines.push('info'), warn: () => lines.push('warn') };
  const peerLog = new PeerLog({ log, stopwatch: runtime.stopwatch, isOurs: (peerId) => peerId === 'known' });
  const said = (peerId: string, times: number) => {
    lines.length = 0;
    for (let i = 0; i < times; i++) peerLog.say(i % 2 === 0 ? 'info' : 'warn', peerId, {}, 'peer joined');
    return lines.length;
  };
  expect(said('stranger', 10_000)).toBe(STRANGER_LINES.capacity);
  expect(said('known', 10_000)).toBe(10_000);
  runtime.advance(86_400_000);
  expect(said('another key', 10_000)).toBe(STRANGER_LINES.capacity);
  runtime.advance(60_000);
  expect(said('one more', 10_000)).toBe(60 * STRANGER_LINES.perSecond);
});
