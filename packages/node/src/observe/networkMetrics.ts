import type { Mempool } from '../mempool/mempool.js';
import type { Network } from '../p2p/network.js';
import type { Cancel } from '../runtime.js';
import type { Sync } from '../sync/sync.js';
import { WARNING_CODES } from '../sync/warnings.js';
import type { MetricKit } from './metricKit.js';

/** Transactions that wait, and those that were not taken. The result ends it. */
export function observeMempool(kit: MetricKit, mempool: Pick<Mempool, 'load' | 'on'>): Cancel {
  kit.gaugeBy(
    'wattchain_mempool_transactions',
    'Transactions in the pool: ready for a block, or queued for an earlier nonce or for funds.',
    'state',
    () => {
      const { ready, queued } = mempool.load;
      return [
        ['ready', ready],
        ['queued', queued],
      ];
    },
  );
  kit.gauge('wattchain_mempool_bytes', 'Raw transactions in the pool together.', () => mempool.load.bytes);
  const added = kit.counter('wattchain_mempool_added_total', 'Transactions that the pool took, replacements included.');
  const refused = kit.counter('wattchain_mempool_refused_total', 'Transactions that the pool did not take, by fault.', [
    'code',
  ]);
  const cancels = [mempool.on('added', () => added.inc()), mempool.on('refused', ({ code }) => refused.inc({ code }))];
  return () => {
    for (const cancel of cancels) cancel();
  };
}

/** What metrics look at of the synchronisation. */
export type ObservedSync = Pick<Sync, 'status' | 'warnings' | 'clockOffsetMs'>;

/** Peers, their faults, traffic, and how far catching up is. The result ends it. */
export function observeNetwork(kit: MetricKit, network: Network, sync: ObservedSync): Cancel {
  kit.gaugeBy('wattchain_peers', 'Peers whose handshake stands, by who dialled.', 'direction', () => {
    const count = { inbound: 0, outbound: 0 };
    for (const { direction } of network.peers()) count[direction]++;
    return Object.entries(count);
  });
  kit.gauge('wattchain_static_peers', 'Peers that the configuration tells this node to keep dialling.', () => {
    return network.staticPeers;
  });
  kit.gaugeBy(
    'wattchain_members',
    'Members of the network, this node included: seen, needed to mine, total.',
    'count',
    () => {
      const { seen, needed, total } = network.members;
      return Object.entries({ seen, needed, total });
    },
  );
  kit.countOf('wattchain_p2p_received_bytes_total', 'Bytes from peers, as they came over the wire.', () => {
    return network.traffic.receivedBytes;
  });
  kit.countOf('wattchain_p2p_sent_bytes_total', 'Bytes to peers, as they went over the wire.', () => {
    return network.traffic.sentBytes;
  });
  kit.gauge(
    'wattchain_best_known_height',
    'Height of the best chain that a peer has shown, or of the own head.',
    () => {
      return sync.status().highestHeight;
    },
  );
  kit.gauge('wattchain_syncing', '1 while the node catches up with its peers, else 0.', () => {
    return Number(sync.status().syncing);
  });
  kit.gauge(
    'wattchain_clock_offset_seconds',
    "The peers' clocks less this node's, their median; absent while no peer says its time.",
    () => {
      const offsetMs = sync.clockOffsetMs();
      return offsetMs === undefined ? undefined : offsetMs / 1000;
    },
  );
  kit.gaugeBy(
    'wattchain_warning',
    '1 for what a person should look at now, else 0; watt_status says it.',
    'code',
    () => {
      const codes = sync.warnings().map(({ code }) => code);
      return WARNING_CODES.map((code) => [code, Number(codes.includes(code))]);
    },
  );
  const refused = kit.counter('wattchain_peers_refused_total', 'Handshakes that were refused, by reason.', ['code']);
  const faults = kit.counter(
    'wattchain_peer_faults_total',
    'Faults of peers, by fault and by what followed: none, disconnect or ban.',
    ['code', 'sentence'],
  );
  const cancels = [
    network.on('refused', ({ fault: { code } }) => refused.inc({ code })),
    network.on('penalised', ({ fault: { code }, sentence }) => faults.inc({ code, sentence })),
  ];
  return () => {
    for (const cancel of cancels) cancel();
  };
}
