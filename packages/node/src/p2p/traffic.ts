import type { Metrics, MultiaddrConnection } from '@libp2p/interface';
import { AbstractMessageStream } from '@libp2p/utils';

/** Bytes on the wire since the start: encrypted, with everything that libp2p adds. */
export interface TrafficCount {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

const nothing = { update() {}, increment() {}, decrement() {}, observe() {}, reset() {}, timer: () => () => {} };

/**
 * Counts the bytes of all connections. libp2p tells of a connection only through its interface for metrics, of which
 * nothing else is used: this node's metrics are made in `observe/`.
 */
export class Traffic implements Metrics, TrafficCount {
  receivedBytes = 0;
  sentBytes = 0;

  /** `onOpen` is told of every TCP connection, before anything is sent over it. */
  constructor(private readonly onOpen: (connection: MultiaddrConnection) => void = () => {}) {}

  trackMultiaddrConnection(connection: MultiaddrConnection): void {
    this.onOpen(connection);
    // Not by listening to `message`: while a connection is set up it would take the bytes away from who reads next.
    if (!(connection instanceof AbstractMessageStream)) return;
    const onData = connection.onData.bind(connection);
    connection.onData = (data) => {
      this.receivedBytes += data.byteLength;
      onData(data);
    };
    const send = connection.send.bind(connection);
    connection.send = (data) => {
      this.sentBytes += data.byteLength;
      return send(data);
    };
  }

  trackProtocolStream(): void {}
  readonly registerMetric = () => nothing;
  readonly registerMetricGroup = () => nothing;
  readonly registerCounter = () => nothing;
  readonly registerCounterGroup = () => nothing;
  readonly registerHistogram = () => nothing;
  readonly registerHistogramGroup = () => nothing;
  readonly registerSummary = () => nothing;
  readonly registerSummaryGroup = () => nothing;
  readonly traceFunction = <F>(_name: string, traced: F): F => traced;
  readonly createTrace = () => undefined;
}
