/** What the RPC server takes at most, so that no client can exhaust a node. Each figure with its unit and reason. */

/** Bytes of a request body or a WebSocket message; a signed transaction has at most 64 KiB, twice that as hex. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Bytes of a body above {@link MAX_BODY_BYTES} that are read and thrown away, so that an honest client gets its answer. */
export const MAX_DISCARDED_BYTES = 10 * MAX_BODY_BYTES;
/** Requests in one batch; viem sends 1,000 only when told to. */
export const MAX_BATCH = 100;
/** Nested arrays and objects in a request; a log filter needs 5. */
export const MAX_JSON_DEPTH = 32;
/** Bytes of a response; later requests of the batch are answered with an error. 25 MB is geth's figure. */
export const MAX_RESPONSE_BYTES = 25_000_000;
/** Open connections, HTTP and WebSocket together. */
export const MAX_SOCKETS = 256;
/** Milliseconds for a client to send its request's headers. */
export const HEADERS_TIMEOUT_MS = 10_000;
/** Milliseconds for a client to send its whole request. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Milliseconds that an idle HTTP connection is kept for the next request; clients poll every few seconds. */
export const KEEP_ALIVE_TIMEOUT_MS = 15_000;
/** Blocks that one `eth_getLogs` reads. */
export const MAX_LOG_BLOCKS = 2_000;
/** Logs that one `eth_getLogs` returns. */
export const MAX_RETURNED_LOGS = 10_000;
/** Addresses, and values per topic, in one log filter. */
export const MAX_FILTER_VALUES = 1_000;
/** Blocks that `eth_getLogs` reads before other work of the node gets its turn. */
export const LOG_BLOCKS_PER_TURN = 50;
/** Entries that `watt_mempool` lists; its `size` counts all. */
export const MAX_LISTED_TRANSACTIONS = 1_000;
/** Subscriptions of one WebSocket connection; a page needs a handful, ethers makes one per event listened to. */
export const MAX_SUBSCRIPTIONS = 128;
/** Requests of one WebSocket connection that wait for their turn before the node stops reading from it. */
export const MAX_QUEUED_MESSAGES = 64;
/** Bytes that wait for a slow WebSocket client before the node closes the connection. */
export const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** Milliseconds between pings of a WebSocket connection; one that left a ping unanswered is closed at the next. */
export const PING_INTERVAL_MS = 30_000;
/** Milliseconds without a byte in either direction after which an HTTP connection is closed, also one that does not read its answer. */
export const SOCKET_TIMEOUT_MS = 60_000;
/** Filters of `eth_newFilter` and its kin, of all clients together. */
export const MAX_FILTERS = 256;
/** Entries that one filter holds for a client who does not ask; the filter ends above it. */
export const MAX_FILTER_ENTRIES = 10_000;
/** Milliseconds after which a filter that nobody asked about ends; geth's figure. */
export const FILTER_TIMEOUT_MS = 5 * 60_000;
/** Storage slots that one `eth_getProof` proves. */
export const MAX_PROOF_SLOTS = 256;
/** State values that are put back into the tree of an older block before other work of the node gets its turn: some 5 ms. */
export const PROOF_VALUES_PER_TURN = 128;
/** Blocks that one `eth_feeHistory` looks at; geth's figure. */
export const MAX_FEE_BLOCKS = 1_024;
/** Blocks that it reads before other work of the node gets its turn. */
export const FEE_BLOCKS_PER_TURN = 50;
/** Percentiles that one `eth_feeHistory` answers; geth's figure. */
export const MAX_PERCENTILES = 100;
/** Characters of a peer's address. */
export const MAX_ADDRESS_LENGTH = 256;
/** Milliseconds between looks at whether the node catches up, for those who subscribed to it. */
export const SYNC_CHECK_MS = 1_000;
/** Steps that one trace shows; those of a trade are some hundreds. */
export const MAX_TRACE_STEPS = 20_000;
/** Words of stack and storage of all its steps, 70 characters each: with the steps below {@link MAX_RESPONSE_BYTES}. */
export const MAX_TRACE_WORDS = 100_000;
/** Calls that one trace shows. */
export const MAX_TRACE_CALLS = 5_000;
/** Bytes of inputs and outputs of all its calls, twice that as hex. */
export const MAX_TRACE_BYTES = 4 * 1024 * 1024;
