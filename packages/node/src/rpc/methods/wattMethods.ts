/**
 * `watt_*`: what is this chain's own. Heights, gas and times are JSON numbers here, amounts and work decimal text, as in
 * the genesis file. Methods that control the node need the token.
 */
import {
  effectiveGasPrice,
  type Genesis,
  GenesisBalances,
  genesisToJson,
  type HeaderRecord,
  keccak256,
  nextTarget,
  type Pieces,
  toHex,
} from '@wattchain/core';
import { describeFailure } from '@wattchain/vm';
import type { PoolEntry, WaitReason } from '../../mempool/types.js';
import { blockCost } from '../../miner/cost.js';
import { WARNING_CODES } from '../../sync/warnings.js';
import {
  BLOCK_2,
  BLOCK_2_HASH,
  COUNTED_TOPIC,
  COUNTER,
  GENESIS_HASH,
  MINER_STATUS,
  PEER_ID,
  TRANSACTION_HASH,
  WAITING_TRANSACTION,
} from '../description/examples.js';
import { MAX_ADDRESS_LENGTH, MAX_LISTED_TRANSACTIONS, MAX_RESPONSE_BYTES } from '../limits.js';
import type { RpcBackend, RpcChain } from '../protocol/backend.js';
import { type Method, method } from '../protocol/method.js';
import { flagParameter, hashParameter, optional, textParameter } from '../protocol/parameter.js';
import { serverError } from '../protocol/rpcError.js';
import {
  ADDRESS,
  BOOLEAN,
  constant,
  DECIMAL,
  HASH,
  INTEGER,
  listOf,
  NUMBER,
  nullable,
  objectOf,
  oneOf,
  SIGNED_INTEGER,
  shape,
  TEXT,
} from '../protocol/schema.js';
import type { Shape } from './format.js';

/** Waiting transactions that are put into shape at once: about a millisecond. */
const ENTRIES_PER_PIECE = 128;
/** Accounts of a genesis that are put into shape at once: the same. */
const ACCOUNTS_PER_PIECE = 1_024;
/** Characters that one of them takes at least: its address, a digit, and what stands around them. */
const LEAST_ACCOUNT_CHARACTERS = 62;

export const wattMethods: readonly Method[] = [
  method({
    name: 'watt_status',
    parameters: [],
    result:
      'Where the node stands: network, head, newest confirmed block, synchronisation, what a person should look at, peers and how far their clocks are ahead of its own, how many members of the network it sees and how many it needs to mine, pool, mining, what a block costs.',
    schema: objectOf({
      agent: TEXT,
      network: TEXT,
      chainId: INTEGER,
      genesisHash: HASH,
      head: shape('Head'),
      finalized: shape('Head'),
      confirmations: INTEGER,
      sync: objectOf({ syncing: BOOLEAN, startHeight: INTEGER, currentHeight: INTEGER, highestHeight: INTEGER }),
      warnings: listOf(objectOf({ code: oneOf(...WARNING_CODES), detail: TEXT })),
      clockOffsetMs: nullable(SIGNED_INTEGER),
      peerId: TEXT,
      addresses: listOf(TEXT),
      peers: INTEGER,
      members: objectOf({ seen: INTEGER, needed: INTEGER, total: INTEGER, silent: listOf(TEXT), apart: listOf(TEXT) }),
      mempool: INTEGER,
      miner: shape('Miner'),
      cost: objectOf({ triesPerBlock: NUMBER, joulesPerBlock: NUMBER, joulesPerHash: NUMBER }),
    }),
    cost: 'lookup',
    example: {
      params: [],
      result: {
        agent: 'Wattchain/0.1.0',
        network: 'test',
        chainId: 20_000_001,
        genesisHash: GENESIS_HASH,
        head: {
          hash: BLOCK_2_HASH,
          height: 2,
          timestampMs: 1_700_000_002_000,
          stateRoot: BLOCK_2.stateRoot,
          totalWork: '16',
        },
        finalized: {
          hash: GENESIS_HASH,
          height: 0,
          timestampMs: 1_700_000_000_000,
          stateRoot: '0xc8061853a7ec8420827fc0d777ee2115ef9e01f604416af298ce268fd9da86ef',
          totalWork: '0',
        },
        confirmations: 12,
        sync: { syncing: false, startHeight: 2, currentHeight: 2, highestHeight: 2 },
        warnings: [],
        clockOffsetMs: -12,
        peerId: PEER_ID,
        addresses: ['/ip4/127.0.0.1/tcp/30303'],
        peers: 3,
        members: { seen: 4, needed: 3, total: 4, silent: [], apart: [] },
        mempool: 2,
        miner: MINER_STATUS,
        cost: { triesPerBlock: 8, joulesPerBlock: 4.8e-6, joulesPerHash: 6e-7 },
      },
    },
    handle: ({ node }) => ({
      agent: node.agent,
      network: node.chain.genesis.name,
      chainId: node.chain.genesis.chainId,
      genesisHash: node.chain.genesis.hash,
      head: headToJson(node.chain.head),
      finalized: headToJson(node.chain.finalized),
      confirmations: node.chain.genesis.confirmations,
      sync: node.sync.status(),
      warnings: node.sync.warnings().map(({ code, detail }) => ({ code, detail })),
      clockOffsetMs: node.sync.clockOffsetMs() ?? null,
      peerId: node.network.id,
      addresses: node.network.addresses(),
      peers: node.network.peers().length,
      members: node.network.members,
      mempool: node.mempool.size,
      miner: minerToJson(node),
      cost: blockCost(nextTarget(node.chain.genesis, node.chain.head), node.miner.status().joulesPerHash),
    }),
  }),
  method({
    name: 'watt_peers',
    parameters: [],
    result: 'The peers whose handshake stands, with the head that each claims: only its headers prove it.',
    schema: listOf(
      objectOf({
        id: TEXT,
        address: TEXT,
        direction: oneOf('inbound', 'outbound'),
        head: objectOf({ hash: HASH, height: INTEGER, totalWork: DECIMAL }),
        connectedMs: INTEGER,
        agent: TEXT,
        clockOffsetMs: nullable(SIGNED_INTEGER),
      }),
    ),
    cost: 'lookup',
    example: {
      params: [],
      result: [
        {
          id: PEER_ID,
          address: '/ip4/192.168.1.12/tcp/30303',
          direction: 'outbound',
          head: { hash: BLOCK_2_HASH, height: 2, totalWork: '16' },
          connectedMs: 1_700_000_000_500,
          agent: 'Wattchain/0.1.0',
          clockOffsetMs: -12,
        },
      ],
    },
    handle: ({ node }) =>
      node.network.peers().map(({ head, clockOffsetMs = null, ...peer }) => ({
        ...peer,
        clockOffsetMs,
        head: { ...head, totalWork: String(head.totalWork) },
      })),
  }),
  method({
    name: 'watt_mempool',
    parameters: [],
    result: 'The transactions that wait, each with the reason; size counts also those that the list leaves out.',
    schema: objectOf({ size: INTEGER, transactions: listOf(shape('WaitingTransaction')) }),
    cost: 'range',
    example: { params: [], result: { size: 1, transactions: [WAITING_TRANSACTION] } },
    handle: function* ({ node }) {
      const { size } = node.mempool;
      const transactions: Shape[] = [];
      for (const entry of yield* node.mempool.contentInPieces(MAX_LISTED_TRANSACTIONS)) {
        transactions.push(entryToJson(node.chain, entry));
        if (transactions.length % ENTRIES_PER_PIECE === 0) yield;
      }
      return { size, transactions };
    },
  }),
  method({
    name: 'watt_transactionStatus',
    parameters: [hashParameter('hash')],
    result:
      'unknown; waiting and why; included or failed (with the reason), with its confirmations and how many make it confirmed.',
    schema: shape('TransactionStatus'),
    cost: 'block',
    example: {
      params: [TRANSACTION_HASH],
      result: {
        status: 'included',
        hash: TRANSACTION_HASH,
        blockHash: BLOCK_2_HASH,
        height: 2,
        index: 0,
        confirmations: 1,
        needed: 12,
        confirmed: false,
      },
    },
    handle: ({ node }, hash) => transactionStatus(node, hash),
  }),
  method({
    name: 'watt_genesis',
    parameters: [optional(flagParameter('accounts'), true)],
    result:
      "The genesis file in its canonical form, and the genesis block's hash; where accounts are not wanted, with an empty alloc.",
    schema: objectOf({ hash: HASH, genesis: { type: 'object', required: ['name', 'chainId', 'alloc'] } }),
    cost: 'range',
    errors: [{ code: 'rpcServer', when: 'there are more accounts than an answer holds' }],
    example: { params: [], result: { hash: GENESIS_HASH, genesis: { name: 'test', chainId: 20_000_001, alloc: {} } } },
    handle: ({ node }, withAccounts) => genesisInPieces(node.chain.genesis, withAccounts),
  }),
  method({
    name: 'watt_contracts',
    parameters: [],
    result: 'The contracts that the network started with: name, address, hash of the code.',
    schema: listOf(objectOf({ name: TEXT, address: ADDRESS, codeHash: HASH })),
    cost: 'lookup',
    example: { params: [], result: [{ name: 'EnergyToken', address: COUNTER, codeHash: COUNTED_TOPIC }] },
    handle: ({ node }) =>
      node.chain.genesis.contracts.map(({ name, address, code }) => ({
        name,
        address,
        codeHash: toHex(keccak256(code)),
      })),
  }),
  method({
    name: 'watt_miner',
    parameters: [],
    result: 'What the miner does, and why it pauses.',
    schema: shape('Miner'),
    cost: 'lookup',
    example: { params: [], result: MINER_STATUS },
    handle: ({ node }) => minerToJson(node),
  }),
  method({
    name: 'watt_setMining',
    parameters: [flagParameter('enabled')],
    result: 'The miner after the change.',
    schema: shape('Miner'),
    cost: 'lookup',
    example: { params: [true], result: MINER_STATUS },
    needsToken: true,
    handle: ({ node }, enabled) => {
      node.miner.setEnabled(enabled);
      return minerToJson(node);
    },
  }),
  method({
    name: 'watt_addPeer',
    parameters: [textParameter('address', 'a multiaddr such as "/ip4/192.168.1.12/tcp/30303"', MAX_ADDRESS_LENGTH)],
    result: 'The id of the peer, once a connection to it stands; the node keeps dialling it until it stops.',
    schema: TEXT,
    cost: 'lookup',
    errors: [{ code: 'rpcServer', when: 'the address is no multiaddr, nobody answers there, or there are too many' }],
    example: { params: ['/ip4/192.168.1.12/tcp/30303'], result: PEER_ID },
    needsToken: true,
    handle: ({ node }, address) => node.network.addPeer(address),
  }),
  method({
    name: 'watt_allowDeepReorg',
    parameters: [],
    result:
      'true: the next reorganisation may remove confirmed blocks, once, as many as can be undone (64, or the confirmation depth where that is more). It comes when a peer has a chain with more work: at once in a split whose other side has more, later where it has less.',
    schema: constant(true),
    cost: 'lookup',
    errors: [
      {
        code: 'rpcServer',
        when: 'the node is in a split that lies further back than blocks can be undone: nothing is allowed, and the message says how the node can give way',
      },
    ],
    example: { params: [], result: true },
    needsToken: true,
    handle: ({ node }) => {
      node.sync.allowDeepReorg();
      return true;
    },
  }),
];

/** The genesis file; its accounts may be many. */
function* genesisInPieces(genesis: Genesis, withAccounts: boolean): Pieces<Shape> {
  const bare = genesisToJson({ ...genesis, alloc: GenesisBalances.from([]) });
  const count = withAccounts ? genesis.alloc.length : 0;
  if (count * LEAST_ACCOUNT_CHARACTERS > MAX_RESPONSE_BYTES) {
    throw serverError(
      `the genesis has ${count} accounts, more than an answer holds: ask without them, or copy the genesis file`,
    );
  }
  const alloc: Record<string, unknown> = {};
  for (let index = 0; index < count; index++) {
    const { address, balance } = genesis.alloc.at(index);
    alloc[address] = { balance: balance.toString() };
    if (index % ACCOUNTS_PER_PIECE === ACCOUNTS_PER_PIECE - 1) yield;
  }
  return { hash: genesis.hash, genesis: { ...bare, alloc } };
}

/** Where a transaction is on its way. */
function* transactionStatus(node: RpcBackend, hash: `0x${string}`): Pieces<Shape> {
  const { chain, mempool } = node;
  const entry = yield* mempool.entryInPieces(hash);
  if (entry !== undefined) return { status: 'waiting', ...entryToJson(chain, entry) };
  const place = chain.transactionPlace(hash);
  if (place === undefined) return { status: 'unknown', hash };
  const failure = (yield* chain.receiptsInPieces(place.blockHash))?.[place.index]?.failure ?? null;
  const confirmations = chain.confirmations(place.height);
  return {
    status: failure === null ? 'included' : 'failed',
    hash,
    ...place,
    confirmations,
    needed: chain.genesis.confirmations,
    confirmed: confirmations >= chain.genesis.confirmations,
    ...(failure === null
      ? {}
      : { failure: { code: failure.code, reason: describeFailure(failure), data: toHex(failure.data) } }),
  };
}

function headToJson({ hash, header, totalWork }: HeaderRecord): Shape {
  return {
    hash,
    height: header.height,
    timestampMs: header.timestampMs,
    stateRoot: header.stateRoot,
    totalWork: String(totalWork),
  };
}

function minerToJson(node: RpcBackend): Shape {
  return { address: node.minerAddress ?? null, ...node.miner.status() };
}

function entryToJson({ genesis }: RpcChain, { transaction, reason, addedMs }: PoolEntry): Shape {
  return {
    hash: transaction.hash,
    from: transaction.sender,
    to: transaction.to,
    nonce: transaction.nonce,
    valueWei: String(transaction.value),
    gasLimit: transaction.gasLimit,
    gasPriceWei: String(effectiveGasPrice(transaction, genesis)),
    addedMs,
    reason: { ...reasonToJson(reason), text: waitingBecause(reason) },
  };
}

function reasonToJson(reason: WaitReason): Shape {
  return reason.code === 'insufficientFunds'
    ? { code: reason.code, got: String(reason.got), expected: String(reason.expected) }
    : reason;
}

/** Why a transaction waits and what would unblock it, as a sentence. */
function waitingBecause(reason: WaitReason): string {
  switch (reason.code) {
    case 'nonceGap':
      return `its nonce is ${reason.got} and the sender's next is ${reason.expected}: send the transaction with nonce ${reason.expected}`;
    case 'insufficientFunds':
      return `the sender has ${reason.got} wei and it may cost ${reason.expected} wei with those before it: send coins to the sender`;
    case 'blockFull':
      return 'transactions that pay more fill the next block: wait, or send it again with a higher gas price';
    case 'notMinedYet':
      return 'it is ready for the next block';
  }
}
