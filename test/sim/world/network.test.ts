import { textToBytes } from '@wattchain/core';
import {
  type GossipVerdict,
  MAX_GOSSIP_BYTES,
  peerPatience,
  type RequestKind,
  type TransportHandlers,
} from '@wattchain/node/parts';
import { describe, expect, it } from 'vitest';
import { testGenesis } from '../../../packages/node/testing/chainKit.js';
import { type LinkState, SimNetwork } from './network.js';
import { SeededRandom } from './random.js';
import { SimRuntime } from './runtime.js';
import { SharedCompute } from './sharedCompute.js';
import type { SimTransport } from './transport.js';
import { VirtualTime } from './virtualTime.js';

const genesis = testGenesis();
/** A network without chance, in which a message takes 10 ms. */
const CALM: Partial<LinkState> = { lossPerMille: 0, duplicatePerMille: 0, latency: { minMs: 10, maxMs: 10 } };

/** A node that notes what happens to it and answers with what it was asked. */
class Station {
  readonly happened: string[] = [];
  admits = true;
  verdict: GossipVerdict = 'accept';
  answer: (kind: RequestKind, payload: Uint8Array) => Promise<Uint8Array | undefined> = async (_, payload) => payload;

  constructor(
    readonly transport: SimTransport,
    readonly runtime: SimRuntime,
    private readonly names: ReadonlyMap<string, number>,
  ) {}

  readonly handlers: TransportHandlers = {
    admits: () => this.admits,
    connected: ({ peerId, direction }) => this.#note(`${direction} ${this.names.get(peerId)}`),
    disconnected: (peerId) => this.#note(`left ${this.names.get(peerId)}`),
    request: (_, kind, payload) => this.answer(kind, payload),
    gossip: async (peerId, _, data) => {
      this.#note(`${new TextDecoder().decode(data)} from ${this.names.get(peerId)}`);
      return this.verdict;
    },
    misbehaved: (peerId, { code }) => this.#note(`${code} of ${this.names.get(peerId)}`),
  };

  /** What happened since somebody asked last. */
  take(): string[] {
    return this.happened.splice(0);
  }

  #note(text: string): void {
    this.happened.push(text);
  }
}

async function network(nodes: number, link: Partial<LinkState> = CALM) {
  const time = new VirtualTime();
  const net = new SimNetwork({ time, random: new SeededRandom('network'), nodes, link });
  const names = new Map(Array.from({ length: nodes }, (_, index) => [net.peerIdOf(index), index]));
  const station = (index: number) => {
    const runtime = new SimRuntime({
      time,
      random: new SeededRandom(`${index}`),
      compute: new SharedCompute(),
      name: `${index}`,
      clockOffsetMs: () => 0,
      onThrow: (error) => {
        throw error;
      },
    });
    return new Station(net.transport({ index, runtime, genesis }), runtime, names);
  };
  const stations = Array.from({ length: nodes }, (_, index) => station(index));
  for (const { transport, handlers } of stations) await transport.start(handlers);
  const dial = (from: number, to: number) => time.settle((stations[from] as Station).transport.dial(net.addressOf(to)));
  const ask = (from: number, to: number, payload = textToBytes('question'), kind: RequestKind = 'status') =>
    (stations[from] as Station).transport.request(net.peerIdOf(to), kind, payload);
  const publish = (from: number, text: string) =>
    (stations[from] as Station).transport.publish('transactions', textToBytes(text));
  return { time, net, stations: stations as [Station, Station, ...Station[]], dial, ask, publish };
}

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

describe('a connection', () => {
  it('opens on both sides, carries questions and answers, and closes on both', async () => {
    const {
      time,
      net,
      stations: [a, b],
      dial,
      ask,
    } = await network(2);
    expect(await dial(0, 1)).toBe(net.peerIdOf(1));
    expect([a.take(), b.take()]).toEqual([['outbound 1'], ['inbound 0']]);
    const startMs = time.nowMs;
    expect(text((await time.settle(ask(0, 1))).value)).toBe('question');
    expect(time.nowMs - startMs).toBe(20);
    expect(await dial(1, 0)).toBe(net.peerIdOf(0));
    await a.transport.disconnect(net.peerIdOf(1));
    await time.run(time.nowMs + 100);
    expect([a.take(), b.take()]).toEqual([['left 1'], ['left 0']]);
    expect((await time.settle(ask(0, 1))).fault).toMatchObject({ code: 'requestBroken' });
  });

  it('is not made to oneself, to nobody, or where a side does not want it', async () => {
    const {
      net,
      stations: [a, b],
      dial,
    } = await network(3);
    await expect(dial(0, 0)).rejects.toMatchObject({ code: 'dialedSelf' });
    b.admits = false;
    await expect(dial(0, 1)).rejects.toMatchObject({ code: 'dialFailed' });
    b.admits = true;
    b.transport.kill();
    await expect(dial(0, 1)).rejects.toThrow('connection refused');
    await expect(a.transport.dial('/ip4/1.2.3.4/tcp/1')).rejects.toMatchObject({ code: 'badAddress' });
    expect(net.addressOf(2)).toMatch(/^\/ip4\/10\.0\.0\.2\/tcp\/30303\/p2p\/12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/);
    expect(a.take()).toEqual([]);
  });

  it('over a link that is cut is silent: questions time out, what comes back in time comes through', async () => {
    const {
      time,
      net,
      stations: [a, b],
      dial,
      ask,
    } = await network(2);
    await dial(0, 1);
    net.cutOneWay(0, 1);
    const { firstByteMs } = peerPatience(genesis.blockIntervalMs);
    const startMs = time.nowMs;
    const { fault } = await time.settle(ask(0, 1));
    expect(fault).toMatchObject({ code: 'requestTimeout', afterMs: firstByteMs });
    expect(time.nowMs - startMs).toBe(firstByteMs);
    const late = ask(0, 1);
    net.heal();
    await time.run(time.nowMs + 15_000);
    expect(text((await late).value)).toBe('question');
    expect(text((await time.settle(ask(0, 1))).value)).toBe('question');
    expect([a.take(), b.take()]).toEqual([['outbound 1'], ['inbound 0']]);
  });

  it.each([
    ['the way there', [0, 1]],
    ['the way back', [1, 0]],
  ] as const)('ends on both sides when %s stays cut', async (_, [from, to]) => {
    const {
      time,
      net,
      stations: [a, b],
      dial,
      ask,
    } = await network(2);
    await dial(0, 1);
    net.cutOneWay(from, to);
    await time.settle(ask(0, 1));
    await time.run(time.nowMs + 90_000);
    expect([a.take(), b.take()]).toEqual([
      ['outbound 1', 'left 1'],
      ['inbound 0', 'left 0'],
    ]);
    await expect(dial(0, 1)).rejects.toThrow('no answer');
    net.heal();
    await dial(0, 1);
  });

  it('of a process that died is told to the other side, which asks in vain until then', async () => {
    const {
      time,
      net,
      stations: [a, b],
      dial,
      ask,
    } = await network(2);
    await dial(0, 1);
    const asked = ask(0, 1);
    b.runtime.end();
    b.transport.kill();
    expect((await time.settle(asked)).fault).toMatchObject({ code: 'requestBroken' });
    expect([a.take(), b.take()]).toEqual([['outbound 1', 'left 1'], ['inbound 0']]);
    expect(net.listenerAt(1)).toBeUndefined();
  });

  it('that one side gave up during a cut is found dead by the other, and a new one is whole', async () => {
    const {
      time,
      net,
      stations: [a, b],
      dial,
      ask,
    } = await network(2);
    await dial(0, 1);
    net.partition([[0], [1]]);
    await a.transport.disconnect(net.peerIdOf(1));
    await time.run(time.nowMs + 1_000);
    expect([a.take().at(-1), b.take()]).toEqual(['left 1', ['inbound 0']]);
    net.heal();
    await dial(0, 1);
    await time.run(time.nowMs + 15_000);
    // The farewell of the first connection came late and took the second with it, as with libp2p: it is dialled again.
    await dial(0, 1);
    expect(text((await time.settle(ask(1, 0))).value)).toBe('question');
  });

  it('keeps the limits of streams and messages', async () => {
    const {
      time,
      stations: [, b],
      dial,
      ask,
    } = await network(2);
    await dial(0, 1);
    b.take();
    const { fault } = await time.settle(ask(0, 1, new Uint8Array(2_000)));
    expect(fault).toMatchObject({ code: 'requestBroken' });
    expect(b.take()).toEqual(['messageTooLarge of 0']);
    b.answer = async () => new Uint8Array(2_000);
    expect((await time.settle(ask(0, 1))).fault).toMatchObject({ code: 'messageTooLarge', expected: 1_024 });
    b.answer = () => new Promise((resolve) => b.runtime.later(1_000, 'thinks', () => resolve(new Uint8Array(1))));
    const answers = await time.settle(Promise.all(Array.from({ length: 6 }, () => ask(0, 1))));
    expect(answers.map(({ fault }) => fault?.code ?? 'answered')).toEqual([
      ...Array(4).fill('answered'),
      ...Array(2).fill('requestBroken'),
    ]);
  });

  it('loses questions for good where the link loses', async () => {
    const { time, net, dial, ask } = await network(2);
    await dial(0, 1);
    net.link(0, 1).lossPerMille = 1_000;
    expect((await time.settle(ask(0, 1))).fault).toMatchObject({ code: 'requestTimeout' });
    net.restore();
    expect((await time.settle(ask(0, 1))).fault).toBeUndefined();
  });
});

describe('gossip', () => {
  /** 0 — 1 — 2, and 0 — 2 where it is a ring. */
  async function three(link: Partial<LinkState> = CALM, isRing = false) {
    const all = await network(3, link);
    await all.dial(0, 1);
    await all.dial(1, 2);
    if (isRing) await all.dial(0, 2);
    for (const station of all.stations) station.take();
    return { ...all, stations: all.stations as unknown as [Station, Station, Station] };
  }

  it('reaches everybody once, whoever brings it again', async () => {
    const { time, net, stations, publish } = await three({ ...CALM, duplicatePerMille: 1_000 }, true);
    const published = await publish(0, 'news');
    expect(published).toEqual({ recipients: new Set([net.peerIdOf(1), net.peerIdOf(2)]) });
    await time.run(time.nowMs + 1_000);
    expect(stations.map((station) => station.take().length)).toEqual([0, 1, 1]);
    expect(await publish(1, 'news')).toBe('duplicate');
  });

  it.each([
    ['accept', ['news from 1'], 'duplicate'],
    ['ignore', [], 'duplicate'],
    ['reject', [], 'duplicate'],
    ['forget', [], { recipients: new Set() }],
  ] as const)('that is judged "%s" goes on and is remembered accordingly', async (verdict, reached, again) => {
    const { time, net, stations, publish } = await three();
    stations[1].verdict = verdict;
    await publish(0, 'news');
    await time.run(time.nowMs + 1_000);
    expect(stations[1].take()).toEqual(['news from 0']);
    expect(stations[2].take()).toEqual(reached);
    for (const peer of [0, 2]) await stations[1].transport.disconnect(net.peerIdOf(peer));
    await time.run(time.nowMs + 1_000);
    expect(await publish(1, 'news')).toEqual(again);
  });

  it('is forgotten after twelve block intervals, at least two minutes', async () => {
    const { time, stations, publish } = await three();
    await publish(0, 'news');
    await time.run(time.nowMs + 119_000);
    expect(await publish(0, 'news')).toBe('duplicate');
    await time.run(time.nowMs + 2_000);
    expect(await publish(0, 'news')).not.toBe('duplicate');
    await time.run(time.nowMs + 1_000);
    expect(stations[2].take()).toEqual(['news from 1', 'news from 1']);
  });

  it('that a link loses comes at a heartbeat', async () => {
    const { time, net, stations, publish } = await three();
    net.link(0, 1).lossPerMille = 1_000;
    await publish(0, 'news');
    await time.run(time.nowMs + 500);
    expect(stations[1].take()).toEqual([]);
    net.restore();
    await time.run(time.nowMs + 1_000);
    expect(stations[1].take()).toEqual(['news from 0']);
  });

  it('comes in another order than it was sent', async () => {
    const { time, stations, publish } = await three({ ...CALM, latency: { minMs: 1, maxMs: 1_000 } });
    for (let i = 0; i < 20; i++) await publish(0, `news ${i}`);
    await time.run(time.nowMs + 5_000);
    const came = stations[1].take();
    expect(came).toHaveLength(20);
    expect(came).not.toEqual(Array.from({ length: 20 }, (_, i) => `news ${i} from 0`));
  });

  it('larger than its topic may be is held against its sender', async () => {
    const { time, net, stations } = await three();
    const tooLarge = {
      id: '0x1',
      topic: 'transactions' as const,
      data: new Uint8Array(MAX_GOSSIP_BYTES.transactions + 1),
    };
    stations[1].transport.takeGossip(net.peerIdOf(0), tooLarge);
    await time.run(time.nowMs + 1_000);
    expect([stations[1].take(), stations[2].take()]).toEqual([['messageTooLarge of 0'], []]);
  });
});

it('partitions cut between groups and leave the rest; the same seed gives the same ids', async () => {
  const { net } = await network(4);
  net.partition([[0, 1], [2]]);
  const cut = (from: number, to: number) => net.link(from, to).cut;
  expect([cut(0, 1), cut(1, 0), cut(0, 2), cut(2, 1), cut(3, 0), cut(2, 3), cut(3, 2)]).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
    true,
  ]);
  const { net: other } = await network(4);
  expect(other.peerIdOf(3)).toBe(net.peerIdOf(3));
});
