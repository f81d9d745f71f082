/** `docs/rpc.md`, written from the table of methods and the lists beside it. */

import { NODE_DEFAULTS } from '../../config.js';
import { MAX_SNAPSHOT_COMMITS } from '../../store/committedReader.js';
import {
  BODY_TIMEOUT_MS,
  FILTER_TIMEOUT_MS,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  MAX_ALL_SUBSCRIPTIONS,
  MAX_BATCH,
  MAX_BODY_BYTES,
  MAX_BUFFERED_BYTES,
  MAX_FILTER_ENTRIES,
  MAX_FILTER_VALUES,
  MAX_FILTERS,
  MAX_FILTERS_PER_CLIENT,
  MAX_HELD_BYTES,
  MAX_JSON_DEPTH,
  MAX_LOG_BLOCKS,
  MAX_PIPELINED_REQUESTS,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
  MAX_RESPONSE_BYTES,
  MAX_RETURNED_LOGS,
  MAX_SOCKETS,
  MAX_SOCKETS_PER_CLIENT,
  MAX_SUBSCRIPTIONS,
  MAX_SUBSCRIPTIONS_PER_CLIENT,
  MAX_WAITING_OF_CLIENT,
  MAX_WAITING_REQUESTS,
  MAX_WEB_SOCKETS,
  MIN_READ_BYTES_PER_SECOND,
  NOTICE_BUFFER_BYTES,
  PING_INTERVAL_MS,
  READING_TIMEOUT_MS,
} from '../limits.js';

import { COST_CLASSES, type Method } from '../protocol/method.js';
import { RPC_CODES } from '../protocol/rpcError.js';
import { clientsOf } from './clients.js';
import { ABSENT_METHODS, DIFFERENCES } from './differences.js';

/** Longer values of examples, such as bloom filters and proofs, are shown by their beginning and end. */
const MAX_SHOWN = 140;
const count = (value: number) => value.toLocaleString('en');
const seconds = (ms: number) => `${ms / 1000} s`;
const mebibytes = (bytes: number) => `${bytes / 1024 / 1024} MiB`;

/** Text of `docs/rpc.md` about the methods of a node. */
export function renderRpcDocs(methods: readonly Method[]): string {
  return [
    '# JSON-RPC',
    '<!-- Written by scripts/generateDocs.mjs from packages/node/src/rpc: change it there. -->',
    introduction(),
    '## Methods',
    `Cost: ${Object.entries(COST_CLASSES)
      .map(([name, prose]) => `*${name}* ${prose}`)
      .join(
        '; ',
      )}. All but a lookup run in turns of a few milliseconds, the next always for the client that has had the least time, so that what is short is answered soon whatever others ask; an address is a client, on the node's own machine a connection.`,
    '*Tried with* names the clients that called the method in the tests, unmodified and as their documentation shows; of web3.js (4 and 1), cast and MetaMask the calls that they make were replayed.',
    table(
      ['method', 'answers', 'cost', 'tried with'],
      methods.map(({ name, result, cost, needsToken }) => [
        `[\`${name}\`](#${anchor(name)})${needsToken ? ' (token)' : ''}`,
        result,
        cost,
        clientsOf(name).join(', '),
      ]),
    ),
    '## Errors',
    errorTable(),
    '## Limits',
    limitTable(),
    "A client is an address; of IPv6 a /64 network. On the node's own machine, and behind a proxy that `rpc.proxies` names, each connection is a client of its own. `X-Forwarded-For` is never read.",
    '## Differences from Ethereum',
    'What the [execution API](https://github.com/ethereum/execution-apis) defines and this node answers differently:',
    DIFFERENCES.map(({ what, why }) => `- ${what} *${why}*`).join('\n'),
    'Methods that are not there; the error says why:',
    table(
      ['method', 'why not'],
      [...ABSENT_METHODS].map(([name, reason]) => [`\`${name}\``, `${reason}.`]),
    ),
    '`engine_*` and `admin_*` are not there: there is no consensus client, and a node is controlled with `watt_*`.',
    '## Each method',
    ...methods.map(section),
  ]
    .join('\n\n')
    .concat('\n');
}

function introduction(): string {
  return `A node answers JSON-RPC 2.0 on \`http://127.0.0.1:8545\` (\`rpc.port\`), by HTTP \`POST\` with \`content-type: application/json\` and by WebSocket on the same port.
Batches are taken; parameters go by position. \`rpc.discover\` answers this page as an [OpenRPC](https://spec.open-rpc.org) document with a JSON Schema for every parameter and result.

\`eth_*\`, \`net_*\`, \`web3_*\` and \`txpool_*\` follow Ethereum's execution API and its clients' habits: numbers are hex without leading zeros, bytes are hex of even length, addresses are taken in lower case, in upper case and with their checksum.
\`watt_*\` is this chain's own: heights, gas and times are JSON numbers, amounts and work decimal text. Methods marked *token* control the node and need the header \`Authorization: Bearer …\` with the text of \`control.token\` in the node's data directory.
The examples speak of a small chain whose second block adds 3 to a contract that counts.

viem, ethers 5 and 6, web3.js 1 and 4 and cast work with no option set. ethers 6 keeps an answer for 250 ms, the nonce too: where a block follows at once, as on
[a developer's chain](dev.md), the next transaction of an account may get the nonce of the one before ("nonce too low"). \`new JsonRpcProvider(url, undefined, { cacheTimeout: -1 })\` turns that off.`;
}

function errorTable(): string {
  const meanings: Readonly<Record<keyof typeof RPC_CODES, string>> = {
    rpcParse: 'the body is not JSON, or nests too deep',
    rpcInvalidRequest: 'it is no request, or the batch is empty or too large',
    rpcUnknownMethod: 'the method X does not exist/is not available; for a known one with the reason',
    rpcInvalidParams: 'a parameter is wrong: which one, what it takes, what came',
    rpcServer: "the request is right and cannot be answered; of a transaction in geth's words",
    rpcBusy: 'too many requests of this client, or of all, wait for their turn: ask again later',
    rpcReverted: 'a call failed; `data` has the ABI error, the message says it in words',
    rpcUnauthorized: 'the method needs the control token',
  };
  const rows = Object.entries(meanings) as [keyof typeof RPC_CODES, string][];
  return table(
    ['code', 'when'],
    rows.map(([code, meaning]) => [String(RPC_CODES[code]), meaning]),
  );
}

function limitTable(): string {
  return table(
    ['what', 'at most'],
    [
      ['request body or WebSocket message', mebibytes(MAX_BODY_BYTES)],
      ['requests in a batch', count(MAX_BATCH)],
      ['nested arrays and objects in a request', count(MAX_JSON_DEPTH)],
      ['answers of a batch together', `${count(MAX_RESPONSE_BYTES)} bytes`],
      [
        'time of the node that one request takes, a batch counted as one',
        `\`rpc.maxRequestMs\`, ${NODE_DEFAULTS.rpc.maxRequestMs / 1000} seconds unless set`,
      ],
      [
        'requests of a client that wait for a turn, and of all',
        `${count(MAX_WAITING_OF_CLIENT)} and ${count(MAX_WAITING_REQUESTS)}`,
      ],
      ['blocks that come while one request runs', count(MAX_SNAPSHOT_COMMITS)],
      [
        'open connections',
        `${count(MAX_SOCKETS)}, of one client ${count(MAX_SOCKETS_PER_CLIENT)}, WebSockets ${count(MAX_WEB_SOCKETS)}; one more takes the place of the longest idle of the client that has most`,
      ],
      [
        'time to send headers, and then a body',
        `${seconds(HEADERS_TIMEOUT_MS)} and ${seconds(BODY_TIMEOUT_MS)}, kept to within a second`,
      ],
      [
        'time between pings of a WebSocket',
        `${seconds(PING_INTERVAL_MS)}; each is answered by the next, and a message in parts complete by the second, or it is closed`,
      ],
      ['rest of a connection between requests', seconds(KEEP_ALIVE_TIMEOUT_MS)],
      [
        'time to read an answer',
        `${seconds(READING_TIMEOUT_MS)}, and one more for every ${count(MIN_READ_BYTES_PER_SECOND / 1024)} KiB of it`,
      ],
      ['requests sent ahead of an answer over HTTP', `${count(MAX_PIPELINED_REQUESTS)}, answered one after the other`],
      [
        'unfinished requests and unread answers of all clients',
        `${mebibytes(MAX_HELD_BYTES)}; above it the connection that rested longest is closed`,
      ],
      ['blocks and logs of one `eth_getLogs`', `${count(MAX_LOG_BLOCKS)} and ${count(MAX_RETURNED_LOGS)}`],
      ['addresses, and values per topic, of a log filter', count(MAX_FILTER_VALUES)],
      [
        'filters of all clients',
        `${count(MAX_FILTERS)}, of one client ${count(MAX_FILTERS_PER_CLIENT)}; one more takes the place of the longest unasked of the client that has most; each for ${FILTER_TIMEOUT_MS / 60_000} minutes without a question and ${count(MAX_FILTER_ENTRIES)} entries`,
      ],
      [
        'subscriptions',
        `${count(MAX_SUBSCRIPTIONS)} of a WebSocket connection, ${count(MAX_SUBSCRIPTIONS_PER_CLIENT)} of a client, ${count(MAX_ALL_SUBSCRIPTIONS)} of all; one more closes the longest idle WebSocket of the client that has most`,
      ],
      [
        'requests of a WebSocket connection that wait',
        `${count(MAX_QUEUED_MESSAGES)} or ${mebibytes(MAX_QUEUED_BYTES)}, then it is not read from`,
      ],
      [
        'notices that wait for a slow subscriber',
        `${count(NOTICE_BUFFER_BYTES / 1024)} KiB, then it is sent no more until it has read them, in the time above`,
      ],
      ['bytes that wait for a slow WebSocket client', `${mebibytes(MAX_BUFFERED_BYTES)}, then it is closed`],
    ],
  );
}

function section({ name, result, parameters, errors, cost, needsToken, example }: Method): string {
  const parts = [`### ${name}`, result];
  if (parameters.length > 0) {
    parts.push(
      parameters
        .map(
          (parameter) => `- \`${parameter.name}\`${parameter.optional ? ' (may be left out)' : ''}: ${parameter.takes}`,
        )
        .join('\n'),
    );
  }
  if (errors.length > 0) {
    parts.push(`Errors: ${errors.map(({ code, when }) => `${RPC_CODES[code]} ${when}`).join('; ')}.`);
  }
  parts.push(`Cost: ${cost}.${needsToken ? ' Needs the token.' : ''}`);
  const shown = example.result === undefined ? '' : JSON.stringify(example.result, shorten, 1);
  parts.push(
    `\`\`\`\n${name}(${example.params.map((value) => JSON.stringify(value, shorten)).join(', ')})\n→ ${shown}\n\`\`\``,
  );
  return parts.join('\n\n');
}

function shorten(_: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= MAX_SHOWN) return value;
  return `${value.slice(0, 66)}…${value.slice(-16)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** As GitHub makes anchors of headings. */
function anchor(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9_-]/g, '');
}
