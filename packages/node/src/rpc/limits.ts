/** What the RPC server takes at most, so that no client can exhaust a node. Each figure with its unit and reason. */

/** Bytes of a request body or a WebSocket message; a signed transaction has at most 64 KiB, twice that as hex. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Bytes of a body above {@link MAX_BODY_BYTES} that are read and thrown away, so that an honest client gets its answer. */
export const MAX_DISCARDED_BYTES = 10 * MAX_BODY_BYTES;
/** Requests in one batch; viem sends 1,000 only when told to. */
export const MAX_BATCH = 100;
/** Nested arrays and objects in a request; a log filter needs 5. */
export const MAX_JSON_DEPTH = 32;
/** Characters of an answer that are written before anybody looks at the time, and logs whose bloom is worked out: about a millisecond. */
export const CHARACTERS_PER_PIECE = 65_536;
export const LOGS_PER_PIECE = 32;
/** Transactions of the pool that are looked at before anybody looks at the time: a fraction of a millisecond. */
export const TRANSACTIONS_PER_PIECE = 256;
/** Bytes of a response; later requests of the batch are answered with an error. 25 MB is geth's figure. */
export const MAX_RESPONSE_BYTES = 25_000_000;
/** Milliseconds that a request first gets: most are done by then, and as many as there are connections begin within a second. */
export const FIRST_TURN_MS = 3;
/** Milliseconds of its later turns: timers and peers wait no longer for theirs than one of these and a piece. */
export const TURN_MS = 10;
/** Gas of `eth_call`, which goes into no block: a view may read more than a block of a network with a short interval has gas for. */
export const MAX_CALL_GAS = 30_000_000;
/** Gas that a call uses before anybody looks at the time: about a millisecond. */
export const GAS_PER_PIECE = 25_000;
/** Pieces after which a request counts as long: with those of a call a million gas, which fill less than a megabyte with what was read. */
export const MAX_SHORT_PIECES = 40;
/** Long requests that go on at once, of all clients: a call that reads as much as its gas allows holds some 20 MB. */
export const MAX_LONG_REQUESTS = 32;
/** Requests of one client that wait for a turn; a batch is one at a time. */
export const MAX_WAITING_OF_CLIENT = 64;
/** Requests of all clients that wait for a turn: one for each connection, and some more. */
export const MAX_WAITING_REQUESTS = 512;
/** Open connections, HTTP and WebSocket together; when another one comes, the client that has most of them gives one up. */
export const MAX_SOCKETS = 256;
/** Of them those of one client: a class of students behind one address has some hundred. Above it gives up its own. */
export const MAX_SOCKETS_PER_CLIENT = 128;
/** Of them WebSockets, so that a quarter is left to requests. */
export const MAX_WEB_SOCKETS = 192;
/** Requests of one HTTP connection that wait for the one before them; hardly any client sends ahead. */
export const MAX_PIPELINED_REQUESTS = 16;
/** Milliseconds between looks at who lets the node wait too long; the times below are kept to within one. */
export const SWEEP_MS = 1_000;
/** Milliseconds for a client to send a request's headers, from connecting or from the first of them, with TLS's handshake. */
export const HEADERS_TIMEOUT_MS = 10_000;
/** Milliseconds for a client to send a request's body, from the end of its headers. */
export const BODY_TIMEOUT_MS = 20_000;
/** Milliseconds that an idle HTTP connection is kept for the next request; clients poll every few seconds. */
export const KEEP_ALIVE_TIMEOUT_MS = 15_000;
/** Milliseconds for a client to read what was sent to it, and as many more as {@link MIN_READ_BYTES_PER_SECOND} takes for it. */
export const READING_TIMEOUT_MS = 15_000;
/** Bytes per second that a client reads at least: half a megabit, so that the largest answer takes at most 7 minutes. */
export const MIN_READ_BYTES_PER_SECOND = 64 * 1024;
/** Bytes of unfinished requests and unread answers of all clients together; above it the one that rested longest is closed. */
export const MAX_HELD_BYTES = 128 * 1024 * 1024;
/** Bytes below which a connection is not worth closing for them. */
export const HELD_BYTES_THAT_COUNT = 64 * 1024;
/** Blocks that one `eth_getLogs` reads. */
export const MAX_LOG_BLOCKS = 2_000;
/** Logs that one `eth_getLogs` returns. */
export const MAX_RETURNED_LOGS = 10_000;
/** Addresses, and values per topic, in one log filter. */
export const MAX_FILTER_VALUES = 1_000;
/** Entries that `watt_mempool` lists; its `size` counts all. */
export const MAX_LISTED_TRANSACTIONS = 1_000;
/** Subscriptions of one WebSocket connection; a page needs a handful, ethers makes one per event listened to. */
export const MAX_SUBSCRIPTIONS = 128;
/** Subscriptions over all WebSocket connections of one client. */
export const MAX_SUBSCRIPTIONS_PER_CLIENT = 512;
/** Subscriptions of all clients; above it the connection that rested longest of whoever has most is closed. */
export const MAX_ALL_SUBSCRIPTIONS = 2_048;
/** Notices that are sent to subscribers before calls are answered again: some 5 ms. */
export const NOTICES_PER_TURN = 256;
/** News that wait for a subscriber or a filter, which is behind by so many heads or transactions; above it, it ends. */
export const MAX_WAITING_NEWS = 8_192;
/** Bytes that wait for a WebSocket client before it is told nothing more until it has read them. */
export const NOTICE_BUFFER_BYTES = 256 * 1024;
/** Requests of one WebSocket connection that wait for their turn before the node stops reading from it. */
export const MAX_QUEUED_MESSAGES = 64;
/** Bytes of them. */
export const MAX_QUEUED_BYTES = 1024 * 1024;
/** Bytes that wait for a slow WebSocket client before the node closes the connection. */
export const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** Milliseconds between pings of a WebSocket connection; one that left a ping unanswered is closed at the next. */
export const PING_INTERVAL_MS = 30_000;
/** Filters of `eth_newFilter` and its kin, of all clients together; above it whoever made most loses one. */
export const MAX_FILTERS = 256;
/** Of them those that one client made. */
export const MAX_FILTERS_PER_CLIENT = 64;
/** Entries that one filter holds for a client who does not ask; the filter ends above it. */
export const MAX_FILTER_ENTRIES = 10_000;
/** Milliseconds after which a filter that nobody asked about ends; geth's figure. */
export const FILTER_TIMEOUT_MS = 5 * 60_000;
/** Storage slots that one `eth_getProof` proves. */
export const MAX_PROOF_SLOTS = 256;
/** State values that are put back into the tree of an older block at once: a millisecond or two. */
export const PROOF_VALUES_PER_PIECE = 32;
/** Blocks that one `eth_feeHistory` looks at; geth's figure. */
export const MAX_FEE_BLOCKS = 1_024;
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
