/** Telling many followers: bounded per turn, written once, nothing to those who do not read. */
import { atOnce, type Genesis, type Pieces } from '@wattchain/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { ManualRuntime } from '../../../testing/manualRuntime.js';
import type { HeadEvent } from '../../chain/types.js';
import { MAX_SUBSCRIPTIONS, MAX_WAITING_NEWS, NOTICES_PER_TURN } from '../limits.js';
import type { Subscription } from '../protocol/following.js';
import { Fanout } from './fanout.js';
import { headNews, type News, Notice, syncNews } from './news.js';
import { Subscriber } from './subscriptions.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const { random } = new ManualRuntime(0);
const HEADS: Subscription = { kind: 'newHeads' };

/** News of heads that count how often they were written. */
function countedNews(count = 1): { readonly news: News; readonly written: () => number } {
  let written = 0;
  const result = { toJSON: () => ++written };
  const notices = Array.from({ length: count }, () => new Notice(() => result));
  const news: News = {
    kinds: ['newHeads'],
    noticesFor: ({ kind }) => atOnce(kind === 'newHeads' ? notices : []),
  };
  return { news, written: () => written };
}

/** A connection whose client reads when the test says so. */
class TestConnection {
  readonly sent: string[] = [];
  reads = true;
  dropped = false;
  readonly subscriber = new Subscriber({
    send: (message) => this.sent.push(message),
    isReading: () => this.reads,
    drop: () => {
      this.dropped = true;
    },
    makeRoom: () => {},
  });

  constructor(count: number, subscription = HEADS) {
    for (let i = 0; i < count; i++) this.subscriber.subscribe(subscription, random);
    this.subscriber.begin();
  }
}

let fanout: Fanout;
beforeEach(() => {
  fanout = new Fanout();
});

describe('a head for many subscribers', () => {
  test('is told in turns, between which other work runs, and written once', async () => {
    const many = Array.from({ length: 16 }, () => new TestConnection(MAX_SUBSCRIPTIONS));
    const all = many.length * MAX_SUBSCRIPTIONS;
    const { news, written } = countedNews();
    for (const { subscriber } of many) fanout.tell(subscriber, news);
    const sent = () => many.reduce((sum, connection) => sum + connection.sent.length, 0);
    expect(sent()).toBe(0);
    for (let turns = 1; sent() < all; turns++) {
      await turn();
      expect(sent()).toBeLessThanOrEqual(turns * NOTICES_PER_TURN);
      expect(turns).toBeLessThanOrEqual(all / NOTICES_PER_TURN + 1);
    }
    expect(written()).toBe(1);
    expect(new Set(many.flatMap((connection) => connection.sent)).size).toBe(all);
    expect(JSON.parse(many[0]?.sent[0] ?? '')).toMatchObject({ method: 'eth_subscription', params: { result: 1 } });
  });

  test('reaches a small follower soon, however much others follow', async () => {
    const large = new TestConnection(MAX_SUBSCRIPTIONS);
    const small = new TestConnection(1);
    const { news } = countedNews(1_000);
    fanout.tell(large.subscriber, news);
    fanout.tell(small.subscriber, countedNews().news);
    await turn();
    expect(small.sent).toHaveLength(1);
  });

  test('is not made for nobody', () => {
    const event = { added: [{ record: null }], removed: [] } as unknown as HeadEvent;
    fanout.tell(new TestConnection(0).subscriber, headNews({} as Genesis, event));
    fanout.tell(new TestConnection(3, { kind: 'syncing' }).subscriber, headNews({} as Genesis, event));
  });

  test('with many logs is worked out in pieces, once for all', () => {
    const topics = (i: number) => [`0x${i.toString(16).padStart(64, '0')}`];
    const logs = Array.from({ length: 10_000 }, (_, i) => ({
      address: '0x',
      topics: topics(i),
      data: new Uint8Array(0),
    }));
    const summary = {
      record: { hash: '0x1', header: { height: 1, timestampMs: 0 } },
      transactions: [{ hash: '0x2' }],
      receipts: [{ logs }],
    };
    const news = headNews({} as Genesis, { added: [summary], removed: [] } as unknown as HeadEvent);
    const criteria = { addresses: new Set(['0xff'] as const), topics: [] };
    const nothing: Subscription = { kind: 'logs', criteria, heights: { first: 0, last: 9 } };
    const run = (pieces: Pieces<readonly Notice[]>) => {
      for (let count = 1; ; count++) {
        const { done, value } = pieces.next();
        if (done) return { count, notices: value.length };
      }
    };
    expect(run(news.noticesFor(HEADS)).count).toBeGreaterThan(300);
    expect(run(news.noticesFor(HEADS))).toEqual({ count: 1, notices: 1 });
    const first = run(news.noticesFor(nothing));
    expect(first.count).toBeGreaterThan(20);
    expect(run(news.noticesFor(nothing)).count).toBeLessThan(5);
    expect(first.notices).toBe(0);
  });
});

describe('a subscriber that does not read', () => {
  test('is sent nothing until it reads, and then all in order', async () => {
    const stuck = new TestConnection(1);
    stuck.reads = false;
    for (let i = 0; i < 3; i++) fanout.tell(stuck.subscriber, countedNews().news);
    await turn();
    await turn();
    expect(stuck.sent).toEqual([]);
    stuck.reads = true;
    fanout.resume(stuck.subscriber);
    await turn();
    expect(stuck.sent).toHaveLength(3);
  });

  test('stops in the middle of what it is told and goes on there', async () => {
    const slow = new TestConnection(1);
    const { news } = countedNews(10);
    fanout.tell(slow.subscriber, news);
    fanout.tell(slow.subscriber, news);
    for (let i = 0; i < 5; i++) slow.subscriber.step();
    slow.reads = false;
    await turn();
    const before = slow.sent.length;
    expect(before).toBeLessThan(20);
    slow.reads = true;
    fanout.resume(slow.subscriber);
    await turn();
    expect(slow.sent).toHaveLength(20);
  });

  test('is dropped when it is too far behind', () => {
    const stuck = new TestConnection(1);
    stuck.reads = false;
    const { news } = countedNews();
    for (let i = 0; i < MAX_WAITING_NEWS; i++) fanout.tell(stuck.subscriber, news);
    expect(stuck.dropped).toBe(false);
    fanout.tell(stuck.subscriber, news);
    expect(stuck.dropped).toBe(true);
  });

  test('that is gone is forgotten', async () => {
    const gone = new TestConnection(1);
    fanout.tell(gone.subscriber, countedNews().news);
    fanout.forget(gone.subscriber);
    await turn();
    expect(gone.sent).toEqual([]);
  });
});

describe('subscriptions', () => {
  test('hear nothing of what was before them, and nothing after their end', async () => {
    const connection = new TestConnection(1);
    fanout.tell(connection.subscriber, countedNews().news);
    const late = connection.subscriber.subscribe(HEADS, random);
    connection.subscriber.begin();
    await turn();
    expect(connection.sent).toHaveLength(1);
    fanout.tell(connection.subscriber, countedNews(2).news);
    expect(connection.subscriber.unsubscribe(late)).toBe(true);
    await turn();
    expect(connection.sent).toHaveLength(3);
    fanout.tell(
      connection.subscriber,
      syncNews({ syncing: false, startHeight: 0, currentHeight: 0, highestHeight: 0 }),
    );
    await turn();
    expect(connection.sent).toHaveLength(3);
  });
});
