/**
 * What the test libraries of Ethereum call on a development chain, under the names that Anvil and Hardhat gave it. Only a
 * development node has these methods; others answer that they do not exist.
 */
import { EDITED_BALANCE_LIMIT, type Hex, MAX_CODE_BYTES, type Pieces, toHex, WORD_LIMIT } from '@wattchain/core';
import type { Development } from '../../../dev/development.js';
import { MAX_SECONDS } from '../../../dev/time.js';
import { CHARACTERS_PER_PIECE, MAX_BODY_BYTES } from '../../limits.js';
import type { RpcChain } from '../../protocol/backend.js';
import type { Call, Method } from '../../protocol/method.js';
import {
  addressParameter,
  type BlockSelector,
  blockParameter,
  bytesParameter,
  type CallRequest,
  callParameter,
  flagParameter,
  hashParameter,
  noOverrides,
  optional,
  slotParameter,
} from '../../protocol/parameter.js';
import { quantity } from '../../protocol/quantity.js';
import { invalidParams } from '../../protocol/rpcError.js';
import {
  ADDRESS,
  BOOLEAN,
  BYTES,
  constant,
  HASH,
  INTEGER,
  nullable,
  objectOf,
  QUANTITY,
  TEXT,
} from '../../protocol/schema.js';
import { DISCOVER, discoverMethod } from '../discoverMethod.js';
import { METHOD_TABLE } from '../methodTable.js';
import { runCall } from '../stateMethods.js';
import { createDevAccountMethods } from './devAccountMethods.js';
import { mineParameter, resetParameter, wholeParameter, wordParameter } from './devParameters.js';
import { devRow } from './devRow.js';

/** Blocks that one call makes; a block takes about a millisecond. */
export const MAX_MINED_BLOCKS = 10_000;
/** Seconds between blocks at most: a day. */
const MAX_INTERVAL_SECONDS = 86_400;
const PENDING: BlockSelector = { tag: 'pending' };
const ACCOUNT = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8';

/** The methods that a development node has beside, or in place of, those of every node. */
export function createDevMethods(development: Development): readonly Method[] {
  return [
    ...blockMethods(development),
    ...timeMethods(development),
    ...stateEditMethods(development),
    ...sessionMethods(development),
    ...callMethods(development),
    ...createDevAccountMethods(development),
  ];
}

/** Every method of a development node, by name, the one that describes them among them. */
export function createDevMethodTable(...given: Parameters<typeof createDevMethods>): ReadonlyMap<string, Method> {
  const table = new Map(METHOD_TABLE);
  for (const row of createDevMethods(...given)) table.set(row.name, row);
  const discover = discoverMethod([...table.values()].filter(({ name }) => name !== DISCOVER));
  return table.set(DISCOVER, discover);
}

function blockMethods({ sealer, time, chain }: Development): Method[] {
  return [
    ...devRow({
      names: ['evm_mine'],
      parameters: [mineParameter(MAX_MINED_BLOCKS)],
      result: 'Makes a block of what waits, or several; the first says the time that is given. 0x0.',
      schema: constant('0x0'),
      cost: 'range',
      handle: async (_, { timestamp, blocks }) => {
        if (timestamp !== undefined) time.setNext(laterMs(timestamp, chain));
        await sealer.mine(blocks, 0);
        return '0x0';
      },
    }),
    ...devRow({
      names: ['anvil_mine', 'hardhat_mine'],
      parameters: [
        optional(wholeParameter('count', MAX_MINED_BLOCKS), 1),
        optional(wholeParameter('seconds', MAX_INTERVAL_SECONDS), 0),
      ],
      result: 'Makes so many blocks, so many seconds apart.',
      cost: 'range',
      example: ['0xa', '0x3c'],
      handle: (_, count, seconds) => sealer.mine(count, 1000 * seconds),
    }),
    ...devRow({
      names: ['evm_setAutomine', 'anvil_setAutomine'],
      parameters: [flagParameter('enabled')],
      result: 'Whether every transaction gets a block of its own at once.',
      example: [true],
      handle: (_, automine) => sealer.setMode({ ...sealer.mode, automine }),
    }),
    ...devRow({
      names: ['anvil_getAutomine', 'hardhat_getAutomine'],
      parameters: [],
      result: 'Whether every transaction gets a block of its own at once.',
      schema: BOOLEAN,
      handle: () => sealer.mode.automine,
    }),
    ...devRow({
      names: ['evm_setIntervalMining', 'anvil_setIntervalMining'],
      parameters: [wholeParameter('seconds', MAX_INTERVAL_SECONDS)],
      result: 'A block every so many seconds, instead of one for every transaction; 0: none by itself.',
      example: [0],
      handle: (_, seconds) => sealer.setMode({ automine: false, intervalMs: 1000 * seconds }),
    }),
    ...devRow({
      names: ['anvil_setCoinbase', 'hardhat_setCoinbase'],
      parameters: [addressParameter()],
      result: 'Who earns the fees of the blocks to come.',
      example: [ACCOUNT],
      handle: (_, address) => {
        sealer.miner = address;
      },
    }),
    ...devRow({
      names: ['eth_coinbase'],
      parameters: [],
      result: 'Who earns the fees of the blocks to come.',
      schema: ADDRESS,
      handle: () => sealer.miner,
    }),
  ];
}

function timeMethods({ time, chain }: Development): Method[] {
  /** How far time is ahead of the clock, as these methods answer it. */
  const aheadSeconds = () => quantity(Math.max(0, Math.floor(time.offsetMs / 1000)));
  return [
    ...devRow({
      names: ['evm_increaseTime', 'anvil_increaseTime'],
      parameters: [wholeParameter('seconds', MAX_SECONDS)],
      result: 'Moves time on by so many seconds. How many it is ahead of the clock.',
      schema: QUANTITY,
      example: ['0xe10'],
      handle: (_, seconds) => {
        // Blocks may be ahead of the time, where their seconds were said; what is later than now is later than they.
        const nextMs = Math.max(time.nowMs(), chain.head.header.timestampMs) + 1000 * seconds;
        if (nextMs > 1000 * MAX_SECONDS) throw invalidParams(`time goes up to ${MAX_SECONDS} seconds since 1970`);
        time.setNow(nextMs);
        return aheadSeconds();
      },
    }),
    ...devRow({
      names: ['evm_setNextBlockTimestamp', 'anvil_setNextBlockTimestamp'],
      parameters: [wholeParameter('timestamp', MAX_SECONDS)],
      result: 'The next block says this time, in seconds since 1970, and time goes on from there.',
      example: ['0x77359400'],
      handle: (_, timestamp) => time.setNext(laterMs(timestamp, chain)),
    }),
    ...devRow({
      names: ['evm_setTime', 'anvil_setTime'],
      parameters: [wholeParameter('timestamp', MAX_SECONDS)],
      result:
        'It is this time now, in seconds since 1970, later than the newest block. How many seconds it is ahead of the clock.',
      schema: QUANTITY,
      example: [2_000_000_000],
      handle: (_, timestamp) => {
        time.setNow(laterMs(timestamp, chain));
        return aheadSeconds();
      },
    }),
    ...devRow({
      names: ['anvil_setBlockTimestampInterval', 'hardhat_setBlockTimestampInterval'],
      parameters: [wholeParameter('seconds', MAX_INTERVAL_SECONDS)],
      result: 'Every block says so many seconds more than the one before.',
      example: [12],
      handle: (_, seconds) => time.setStep(1000 * seconds),
    }),
    ...devRow({
      names: ['anvil_removeBlockTimestampInterval', 'hardhat_removeBlockTimestampInterval'],
      parameters: [],
      result: 'Blocks say the time again. true.',
      schema: constant(true),
      handle: () => {
        time.setStep(undefined);
        return true;
      },
    }),
  ];
}

/** Calls as on every node, but in the block that comes where a wallet asks what a transaction will do: time may have been moved on. */
function callMethods(development: Development): Method[] {
  const overrides = [noOverrides('stateOverrides'), noOverrides('blockOverrides')] as const;
  const run = ({ node }: Call, call: CallRequest, block: BlockSelector) =>
    runCall(node.chain, call, block, 'tag' in block && block.tag === 'pending' ? development.nextBlock : undefined);
  return [
    ...devRow({
      names: ['eth_call'],
      parameters: [callParameter(), blockParameter(), ...overrides],
      result: 'As on every node; with pending at the height and time of the block that comes.',
      schema: BYTES,
      cost: 'execution',
      example: [{ to: ACCOUNT, data: '0x' }, 'pending'],
      handle: function* (call, request, block) {
        return toHex((yield* run(call, request, block)).output);
      },
    }),
    ...devRow({
      names: ['eth_estimateGas'],
      parameters: [callParameter(), optional(blockParameter(), PENDING), ...overrides],
      result: 'As on every node, but at the height and time of the block that comes unless another block is named.',
      schema: QUANTITY,
      cost: 'execution',
      example: [{ to: ACCOUNT }],
      handle: function* (call, request, block) {
        return quantity((yield* run(call, request, block)).gasUsed);
      },
    }),
  ];
}

function stateEditMethods(development: Development): Method[] {
  return [
    ...devRow({
      names: ['anvil_setBalance', 'hardhat_setBalance'],
      parameters: [addressParameter(), wordParameter('balance', EDITED_BALANCE_LIMIT)],
      result: 'Gives an account this balance in wei, below 2^192.',
      cost: 'execution',
      example: [ACCOUNT, '0xde0b6b3a7640000'],
      handle: (_, address, balance) => development.edit({ address, balance }),
    }),
    ...devRow({
      names: ['anvil_setNonce', 'hardhat_setNonce'],
      parameters: [addressParameter(), wholeParameter('nonce', Number.MAX_SAFE_INTEGER - 1)],
      result: 'Gives an account this nonce, at least the one it has.',
      cost: 'execution',
      example: [ACCOUNT, '0x7'],
      handle: (_, address, nonce) => development.edit({ address, nonce }),
    }),
    ...devRow({
      names: ['anvil_setCode', 'hardhat_setCode'],
      parameters: [addressParameter(), bytesParameter('code', 'code of this machine, or 0x', MAX_CODE_BYTES)],
      result: 'Gives an address this code, which is verified like that of a deployment; 0x takes it away.',
      cost: 'execution',
      example: [ACCOUNT, '0x'],
      handle: (_, address, code) => development.edit({ address, code }),
    }),
    ...devRow({
      names: ['anvil_setStorageAt', 'hardhat_setStorageAt'],
      parameters: [addressParameter(), slotParameter('slot'), wordParameter('value', WORD_LIMIT)],
      result: 'Writes a word of storage. true.',
      schema: constant(true),
      cost: 'execution',
      example: [ACCOUNT, '0x0', `0x${'1'.padStart(64, '0')}`],
      handle: async (_, address, slot, value) => {
        await development.edit({ address, word: { slot, value } });
        return true;
      },
    }),
  ];
}

function sessionMethods(development: Development): Method[] {
  return [
    ...devRow({
      names: ['evm_snapshot', 'anvil_snapshot'],
      parameters: [],
      result: 'Remembers how things stand. The number to come back with.',
      schema: QUANTITY,
      handle: async () => quantity(await development.snapshot()),
    }),
    ...devRow({
      names: ['evm_revert', 'anvil_revert'],
      parameters: [wholeParameter('id', Number.MAX_SAFE_INTEGER)],
      result: 'Goes back to a snapshot, which is used up with all later ones. false when there is none.',
      schema: BOOLEAN,
      cost: 'range',
      example: ['0x1'],
      handle: (_, id) => development.revert(id),
    }),
    ...devRow({
      names: ['anvil_reset', 'hardhat_reset'],
      parameters: [resetParameter()],
      result: 'Begins anew at the genesis.',
      cost: 'range',
      handle: () => development.reset(),
    }),
    ...devRow({
      names: ['anvil_dumpState', 'hardhat_dumpState'],
      parameters: [],
      result:
        'The whole chain with its blocks, as anvil_loadState takes it, and as the command does in a file of these bytes.',
      schema: BYTES,
      cost: 'range',
      handle: async ({ share }) => share.run(hexInPieces(await development.dump())),
    }),
    ...devRow({
      names: ['anvil_loadState', 'hardhat_loadState'],
      parameters: [bytesParameter('state', 'what anvil_dumpState answered', MAX_BODY_BYTES / 2)],
      result: 'Goes on as that chain, with its genesis. true.',
      schema: constant(true),
      cost: 'range',
      handle: async (_, state) => {
        await development.load(state);
        return true;
      },
    }),
    ...devRow({
      names: ['anvil_dropTransaction'],
      parameters: [hashParameter('hash')],
      result: 'Drops a transaction that waits. Its hash, null when there is none.',
      schema: nullable(HASH),
      example: [`0x${'00'.repeat(32)}`],
      handle: (_, hash) => (development.drop(hash) ? hash : null),
    }),
    ...devRow({
      names: ['hardhat_dropTransaction'],
      parameters: [hashParameter('hash')],
      result: 'Drops a transaction that waits. Whether there was one.',
      schema: BOOLEAN,
      example: [`0x${'00'.repeat(32)}`],
      handle: (_, hash) => development.drop(hash),
    }),
    ...devRow({
      names: ['anvil_nodeInfo'],
      parameters: [],
      result: 'Where the chain stands and what its blocks are made with.',
      schema: objectOf({
        currentBlockNumber: QUANTITY,
        currentBlockTimestamp: INTEGER,
        currentBlockHash: HASH,
        transactionOrder: TEXT,
        environment: objectOf({ chainId: INTEGER, gasLimit: QUANTITY, gasPrice: QUANTITY, baseFee: QUANTITY }),
      }),
      handle: () => nodeInfo(development),
    }),
    ...devRow({
      names: ['anvil_metadata', 'hardhat_metadata'],
      parameters: [],
      result: 'The software, the network and the newest block.',
      schema: objectOf({
        clientVersion: TEXT,
        chainId: INTEGER,
        instanceId: HASH,
        latestBlockNumber: INTEGER,
        latestBlockHash: HASH,
      }),
      handle: ({ node: { agent, chain } }) => ({
        clientVersion: agent,
        chainId: chain.genesis.chainId,
        // A chain that was loaded or begun anew is another one to a client that keeps nonces.
        instanceId: chain.genesis.hash,
        latestBlockNumber: chain.head.header.height,
        latestBlockHash: chain.head.hash,
      }),
    }),
  ];
}

function nodeInfo({ chain }: Development) {
  const { genesis, head } = chain;
  return {
    currentBlockNumber: quantity(head.header.height),
    currentBlockTimestamp: Math.floor(head.header.timestampMs / 1000),
    currentBlockHash: head.hash,
    transactionOrder: 'fees',
    environment: {
      chainId: genesis.chainId,
      gasLimit: quantity(genesis.blockGasLimit),
      gasPrice: quantity(genesis.minGasPriceWei),
      baseFee: quantity(genesis.minGasPriceWei),
    },
  };
}

/** A time that a block on the head can say, in milliseconds. */
function laterMs(timestamp: number, chain: RpcChain): number {
  const { timestampMs } = chain.head.header;
  if (1000 * timestamp > timestampMs) return 1000 * timestamp;
  throw invalidParams(
    `timestamp ${timestamp} is not later than the newest block's, ${Math.floor(timestampMs / 1000)}: time only goes forward from block to block`,
  );
}

/** Text of what may be many megabytes. */
function* hexInPieces(bytes: Uint8Array): Pieces<Hex> {
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; from += CHARACTERS_PER_PIECE) {
    parts.push(toHex(bytes.subarray(from, from + CHARACTERS_PER_PIECE)).slice(2));
    yield;
  }
  return `0x${parts.join('')}`;
}
