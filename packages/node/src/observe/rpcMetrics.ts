import { METHOD_TABLE } from '../rpc/methods/methodTable.js';
import type { AnsweredCall } from '../rpc/protocol/dispatcher.js';
import type { Cancel } from '../runtime.js';
import type { MetricKit } from './metricKit.js';

/** Seconds: a look-up takes well below a millisecond, a wide log range some hundred. */
const BUCKETS = [0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5];

/** Where calls are told of. */
export interface ObservedRpc {
  onAnswered(listener: (call: AnsweredCall) => void): Cancel;
}

/** JSON-RPC calls by method and outcome. Labels are the node's own methods; what a client made up is `unknown`. */
export function observeRpc(kit: MetricKit, rpc: ObservedRpc): Cancel {
  const requests = kit.counter(
    'wattchain_rpc_requests_total',
    'JSON-RPC requests by method and outcome: ok, or the kind of error.',
    ['method', 'outcome'],
  );
  const duration = kit.histogram(
    'wattchain_rpc_request_duration_seconds',
    'Time from a JSON-RPC request to its result, by method; time on the wire not included.',
    BUCKETS,
    ['method'],
  );
  return rpc.onAnswered(({ method: name, durationMs, error }) => {
    const method = METHOD_TABLE.has(name) ? name : 'unknown';
    requests.inc({ method, outcome: error?.code ?? 'ok' });
    duration.observe({ method }, durationMs / 1000);
  });
}
