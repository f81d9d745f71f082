import { computed, signal } from '@preact/signals';
import { createClient, webSocket } from 'viem';
import { type GenesisAnswer, type NodeStatus, request, SOCKET_URL } from './node.js';
import { NO_REGISTRY, readRegistryRules } from './rules.js';

/** How the page stands to its node. */
export type Connection = 'connecting' | 'live' | 'unreachable';

/** Whether the node answers and tells of new blocks. */
export const connection = signal<Connection>('connecting');
/** Where the node stands, as of its newest block; `undefined` before its first answer. */
export const status = signal<NodeStatus | undefined>(undefined);
/** Which chain the node serves; everything that is kept or shown is of one chain. */
export const genesisHash = computed(() => status.value?.genesisHash);
/** The network's rules. */
export const genesis = signal<GenesisAnswer | undefined>(undefined);
/** When readings of the network's meters count. */
export const registryRules = signal(NO_REGISTRY);
/** Counts up when what the chain says may have changed: live views read again. */
export const tick = signal(0);
/** Name of the network that was here before, once the node serves another chain than when the page was opened. */
export const replacedChain = signal<string | undefined>(undefined);

/** A testbed that plays other days has a clock of its own; device clocks differ by less. */
const MOVED_MS = 3_600_000;

/** Now, by the clock of the chain: that of this device, but where a testbed plays other days. */
export function chainNowMs(): number {
  const now = Date.now();
  const head = status.value?.head.timestampMs ?? now;
  return genesis.value?.genesis.testbed === true && Math.abs(now - head) > MOVED_MS ? head : now;
}

/** Blocks can come many times a second; views read again at most so often. */
const REFRESH_MS = 500;
/** The pool and the peers change between blocks as well. */
const POLL_MS = 5_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;

let isRefreshing = false;
let isRefreshWanted = false;
let retryMs = FIRST_RETRY_MS;

/** Connects to the node, and again whenever the connection is lost, until the page is closed. */
export function startLive(): void {
  void connect();
  setInterval(() => connection.value === 'live' && refresh(), POLL_MS);
  // A phone that wakes up or a tab that comes back wants to know at once.
  document.addEventListener('visibilitychange', () => !document.hidden && connection.value === 'live' && refresh());
}

async function connect(): Promise<void> {
  try {
    await readStatus();
    await subscribe();
    connection.value = 'live';
    retryMs = FIRST_RETRY_MS;
    refresh();
  } catch {
    reconnectLater();
  }
}

let retryTimer: ReturnType<typeof setTimeout> | undefined;

function reconnectLater(): void {
  connection.value = 'unreachable';
  if (retryTimer !== undefined) return;
  retryTimer = setTimeout(() => {
    retryTimer = undefined;
    void connect();
  }, retryMs);
  retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
}

/** Ends the subscription that there is. */
let endSubscription = () => {};

/** New heads come over a WebSocket; its end is how the page learns that the node is gone. */
async function subscribe(): Promise<void> {
  const socket = createClient({
    transport: webSocket(SOCKET_URL, { reconnect: false, retryCount: 0, keepAlive: false }),
  });
  const rpcClient = await socket.transport.getRpcClient();
  let isOver = false;
  const end = () => {
    // Closing tells the subscription of an error, which comes back here.
    if (isOver) return;
    isOver = true;
    // Without this viem, which keeps sockets by their address, hands the dead one out again.
    rpcClient.close();
    reconnectLater();
  };
  endSubscription = end;
  rpcClient.socket.addEventListener('close', end);
  try {
    await socket.transport.subscribe({ params: ['newHeads'], onData: refresh, onError: end });
  } catch (error) {
    end();
    throw error;
  }
}

/** Reads the status again, soon: at most every {@link REFRESH_MS}, and once more when something came meanwhile. */
async function refresh(): Promise<void> {
  isRefreshWanted = true;
  if (isRefreshing) return;
  isRefreshing = true;
  while (isRefreshWanted) {
    isRefreshWanted = false;
    // A network that is gone answers nothing, and may keep a socket open for minutes.
    await readStatus().catch(() => endSubscription());
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
  isRefreshing = false;
}

/** The genesis, which can be large; only where its accounts are public does the page offer them. */
async function readGenesis(): Promise<GenesisAnswer> {
  const answer = await request<GenesisAnswer>('watt_genesis', false);
  return answer.genesis.testbed ? request<GenesisAnswer>('watt_genesis') : answer;
}

async function readStatus(): Promise<void> {
  const next = await request<NodeStatus>('watt_status');
  const previous = status.value;
  if (previous?.genesisHash !== next.genesisHash) {
    const [answer, rules] = await Promise.all([readGenesis(), readRegistryRules()]);
    [genesis.value, registryRules.value] = [answer, rules];
    if (previous) replacedChain.value = previous.network;
  }
  status.value = next;
  tick.value++;
}
