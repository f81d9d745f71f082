/**
 * `watt_*`: what is this chain's own. Heights, gas and times are JSON numbers here, amounts and work decimal text, as in
 * the genesis file. Methods that control the node need the token.
 */
import { genesisToJson, type HeaderRecord, keccak256, toHex } from '@wattchain/core';
import { describeFailure } from '@wattchain/vm';
import type { PoolEntry, WaitReason } from '../../mempool/types.js';
import type { RpcBackend } from '../backend.js';
import { canonicalBlock } from '../blocks.js';
import type { Shape } from '../format.js';
import { MAX_LISTED_TRANSACTIONS } from '../limits.js';
import { type Method, method } from '../method.js';
import { flagParameter, hashParameter } from '../parameter.js';

export const wattMethods: readonly Method[] = [
  method({
    name: 'watt_status',
    parameters: [],
    result: 'Where the node stands: network, head, newest confirmed block, synchronisation, peers, pool, mining.',
    handle: ({ node }) => ({
      agent: node.agent,
      network: node.chain.genesis.name,
      chainId: node.chain.genesis.chainId,
      genesisHash: node.chain.genesis.hash,
      head: headToJson(node.chain.head),
      finalized: headToJson(node.chain.finalized),
      confirmations: node.chain.genesis.confirmations,
      sync: node.sync.status(),
      peerId: node.network.id,
      addresses: node.network.addresses(),
      peers: node.network.peers().length,
      mempool: node.mempool.size,
      miner: minerToJson(node),
    }),
  }),
  method({
    name: 'watt_peers',
    parameters: [],
    result: 'The peers whose handshake stands, with the head that each told of.',
    handle: ({ node }) =>
      node.network.peers().map(({ head, ...peer }) => ({
        ...peer,
        head: { ...head, totalWork: String(head.totalWork) },
      })),
  }),
  method({
    name: 'watt_mempool',
    parameters: [],
    result: 'The transactions that wait, each with the reason; size counts also those that the list leaves out.',
    handle: ({ node }) => ({
      size: node.mempool.size,
      transactions: node.mempool.content().slice(0, MAX_LISTED_TRANSACTIONS).map(entryToJson),
    }),
  }),
  method({
    name: 'watt_transactionStatus',
    parameters: [hashParameter('hash')],
    result:
      'unknown; waiting and why; included or failed (with the reason), with its confirmations and how many make it confirmed.',
    handle: ({ node }, hash) => transactionStatus(node, hash),
  }),
  method({
    name: 'watt_genesis',
    parameters: [],
    result: "The genesis file in its canonical form, and the genesis block's hash.",
    handle: ({ node }) => ({ hash: node.chain.genesis.hash, genesis: genesisToJson(node.chain.genesis) }),
  }),
  method({
    name: 'watt_contracts',
    parameters: [],
    result: 'The contracts that the network started with: name, address, hash of the code.',
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
    handle: ({ node }) => minerToJson(node),
  }),
  method({
    name: 'watt_setMining',
    parameters: [flagParameter('enabled')],
    result: 'The miner after the change.',
    needsToken: true,
    handle: ({ node }, enabled) => {
      node.miner.setEnabled(enabled);
      return minerToJson(node);
    },
  }),
  method({
    name: 'watt_allowDeepReorg',
    parameters: [],
    result: 'true: the next reorganisation may remove confirmed blocks, once.',
    needsToken: true,
    handle: ({ node }) => {
      node.chain.allowDeepReorg();
      return true;
    },
  }),
];

/** Where a transaction is on its way. */
function transactionStatus(node: RpcBackend, hash: `0x${string}`): Shape {
  const { chain, mempool } = node;
  const place = chain.transactionPlace(hash);
  if (place === undefined) {
    const entry = mempool.entry(hash);
    return entry === undefined ? { status: 'unknown', hash } : { status: 'waiting', ...entryToJson(entry) };
  }
  const block = canonicalBlock(chain, place.blockHash);
  const failure = block.receipts[place.index]?.failure ?? null;
  const confirmations = chain.confirmations(place.height);
  return {
    status: failure === null ? 'included' : 'failed',
    hash,
    ...place,
    confirmations,
    needed: chain.genesis.confirmations,
    confirmed: confirmations >= chain.genesis.confirmations,
    ...(failure === null ? {} : { failure: { code: failure.code, reason: describeFailure(failure) } }),
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

function entryToJson({ transaction, reason, addedMs }: PoolEntry): Shape {
  return {
    hash: transaction.hash,
    from: transaction.sender,
    to: transaction.to,
    nonce: transaction.nonce,
    valueWei: String(transaction.value),
    gasLimit: transaction.gasLimit,
    gasPriceWei: String(transaction.gasPrice),
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
