import { WattchainError } from '@wattchain/core';
import { type Hash, type Hex, http, keccak256, numberToHex, parseTransaction, type Transport } from 'viem';
import { type Connection, connect, type SignerClient } from '../client.js';
import type { MachineName, ParticipantName } from './participants.js';
import { machineOf, participantAccount } from './participants.js';

/** Retries bridge the time in which a node that was killed starts again: 0.1 s doubling, 25 s in all. */
const RPC_RETRIES = 8;
const RPC_RETRY_DELAY_MS = 100;
const POLL_MS = 100;
/** Transactions that a node is asked about at once. */
const ASKED_AT_A_TIME = 25;
/** When of all that was sent nothing more is in a block after so many block intervals, the network stands still. */
const PATIENCE_INTERVALS = 60;
const LEAST_PATIENCE_MS = 60_000;

/** A transaction on its way to its confirmations. */
export interface SentTransaction {
  readonly hash: Hash;
  readonly from: ParticipantName;
  /** What it does, for people. */
  readonly what: string;
  /** Signed bytes; sent again when a node forgot them. */
  readonly raw: Hex;
  readonly sentMs: number;
}

/** What `watt_transactionStatus` tells. */
interface StatusJson {
  readonly status: 'unknown' | 'waiting' | 'included' | 'failed';
  readonly confirmations?: number;
  readonly failure?: { readonly reason: string };
}

/**
 * Signs for the testbed's participants, sends each transaction through its owner's node and follows it there. A node that is
 * killed and comes back may have forgotten transactions; they are sent again.
 */
export class Sender {
  readonly sent: SentTransaction[] = [];
  readonly #raws = new Map<Hash, Hex>();
  /** The nonce that follows what was sent, by address in lower case: a node that was killed may have forgotten it. */
  readonly #nextNonces = new Map<string, number>();

  private constructor(private readonly connections: ReadonlyMap<MachineName, Connection>) {}

  /** Connects to the nodes of all machines. Errors: `foreignNode` when another network answers at an address. */
  static async connect(rpcUrls: ReadonlyMap<MachineName, string>, genesisHash: Hash): Promise<Sender> {
    const connections = new Map<MachineName, Connection>();
    const sender = new Sender(connections);
    for (const [machine, url] of rpcUrls) {
      const connection = await connect(url, sender.#transport(url));
      const { hash } = connection.genesis;
      if (hash !== genesisHash) {
        throw new WattchainError(
          'foreignNode',
          `at ${url} answers a node of genesis ${hash}, not of this testbed's ${genesisHash}`,
          {
            values: { machine, url, got: hash, expected: genesisHash },
            hint: 'another testbed runs on these ports: stop it first',
          },
        );
      }
      connections.set(machine, connection);
    }
    return sender;
  }

  /** The node of a machine. */
  connection(machine: MachineName): Connection {
    const connection = this.connections.get(machine);
    if (!connection) throw new RangeError(machine);
    return connection;
  }

  /** The node that a participant uses. */
  connectionOf(participant: ParticipantName): Connection {
    return this.connection(machineOf(participant));
  }

  /** Lets `action` sign and send one transaction of `from`; resolves when the node took it. */
  async send(
    from: ParticipantName,
    what: string,
    action: (client: SignerClient) => Promise<Hash>,
  ): Promise<SentTransaction> {
    const sentMs = Date.now();
    const hash = await action(this.connectionOf(from).signer(participantAccount(from)));
    const raw = this.#raws.get(hash);
    if (raw === undefined) throw new RangeError(`no raw transaction for ${hash}`);
    const transaction: SentTransaction = { hash, from, what, raw, sentMs };
    this.#nextNonces.set(participantAccount(from).address.toLowerCase(), (parseTransaction(raw).nonce ?? 0) + 1);
    this.sent.push(transaction);
    return transaction;
  }

  /** Waits until every transaction is in a block (`confirmations` 1) or confirmed. Errors: `dayFailed`, with the reason. */
  async wait(transactions: readonly SentTransaction[], confirmations: number): Promise<void> {
    await this.#until(transactions, (transaction) => this.#hasReached(transaction, confirmations));
  }

  /** Asks for each transaction until `reached`; gives up when the network stands still. */
  async #until(
    transactions: readonly SentTransaction[],
    reached: (transaction: SentTransaction) => Promise<boolean>,
  ): Promise<void> {
    const { blockIntervalMs } = this.connection('home-1').genesis;
    const patienceMs = Math.max(LEAST_PATIENCE_MS, PATIENCE_INTERVALS * blockIntervalMs);
    let open: readonly SentTransaction[] = transactions;
    for (let deadline = Date.now() + patienceMs; ; ) {
      const before = open.length;
      open = await dropReached(open, reached);
      const [late] = open;
      if (late === undefined) return;
      // A network that is slow does not stand still.
      if (open.length < before) deadline = Date.now() + patienceMs;
      if (Date.now() > deadline) {
        throw new WattchainError(
          'dayFailed',
          `${open.length} transactions wait too long, the first is: ${late.what} (${late.hash})`,
          {
            values: { hash: late.hash, waitedMs: patienceMs },
            hint: `ask its node: wattchain tx ${late.hash} --rpc ${this.connectionOf(late.from).rpcUrl}`,
          },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /**
   * Waits until all four nodes see every transaction in a block, so that whoever acts next acts on it: a node that was
   * killed and is still catching up would show its household an empty market.
   */
  async waitEverywhere(transactions: readonly SentTransaction[]): Promise<void> {
    await this.wait(transactions, 1);
    await this.#until(transactions, async ({ hash }) => {
      const statuses = await Promise.all(
        [...this.connections.values()].map((connection) =>
          connection.watt<StatusJson>('watt_transactionStatus', [hash]),
        ),
      );
      return statuses.every(({ status }) => status === 'included');
    });
  }

  async #hasReached(transaction: SentTransaction, confirmations: number): Promise<boolean> {
    const connection = this.connectionOf(transaction.from);
    const status = await connection.watt<StatusJson>('watt_transactionStatus', [transaction.hash]);
    if (status.status === 'failed') {
      throw new WattchainError('dayFailed', `${transaction.what} failed: ${status.failure?.reason}`, {
        values: { hash: transaction.hash },
      });
    }
    if (status.status === 'unknown')
      await connection.client.sendRawTransaction({ serializedTransaction: transaction.raw });
    return status.status === 'included' && (status.confirmations ?? 0) >= confirmations;
  }

  /** HTTP that keeps every raw transaction, counts what was sent into nonces, and takes a node's "already known" after a repeated call for what it is. */
  #transport(url: string): Transport {
    const base = http(url, { retryCount: RPC_RETRIES, retryDelay: RPC_RETRY_DELAY_MS });
    return (config) => {
      const transport = base(config);
      const request = async (call: { method: string; params?: unknown }): Promise<unknown> => {
        if (call.method === 'eth_getTransactionCount') {
          const [address] = call.params as [string];
          const known = Number(await transport.request(call));
          return numberToHex(Math.max(known, this.#nextNonces.get(address.toLowerCase()) ?? 0));
        }
        if (call.method !== 'eth_sendRawTransaction') return transport.request(call);
        const [raw] = call.params as [Hex];
        const hash = keccak256(raw);
        this.#raws.set(hash, raw);
        try {
          return await transport.request(call);
        } catch (error) {
          if (/already known/.test(String(error))) return hash;
          throw error;
        }
      };
      return { ...transport, request: request as typeof transport.request };
    };
  }
}

/**
 * The items from the first on that is not reached. They are asked for in their order, since what was sent later is hardly reached
 * earlier: while the first is waited for it alone, then some at a time. Hundreds of questions at once would only keep a node from mining.
 */
export async function dropReached<Item>(
  items: readonly Item[],
  reached: (item: Item) => Promise<boolean>,
): Promise<readonly Item[]> {
  for (let start = 0, count = 1; start < items.length; start += count, count = ASKED_AT_A_TIME) {
    const part = items.slice(start, start + count);
    const done = await Promise.all(part.map(reached));
    const open = part.filter((_, index) => !done[index]);
    if (open.length > 0) return [...open, ...items.slice(start + count)];
  }
  return [];
}
