/** Where this chain's JSON-RPC is not what Ethereum's execution API specification has, and why. */

const SIGN_YOURSELF =
  'a node holds no key that owns anything; sign on your side and send it with eth_sendRawTransaction';
const NO_RLP = 'headers and blocks have a layout of their own here, not RLP; eth_getBlockByNumber has every field';

/** Methods that the specification or common clients have and this node has not. The reason is part of the error. */
export const ABSENT_METHODS: ReadonlyMap<string, string> = new Map([
  ['eth_sendTransaction', SIGN_YOURSELF],
  ['eth_sign', SIGN_YOURSELF],
  ['eth_signTransaction', SIGN_YOURSELF],
  ['eth_signTypedData', SIGN_YOURSELF],
  ['eth_signTypedData_v4', SIGN_YOURSELF],
  ['personal_sign', SIGN_YOURSELF],
  [
    'eth_fillTransaction',
    'clients fill in a transaction by themselves from eth_feeHistory, eth_estimateGas and eth_getTransactionCount',
  ],
  [
    'eth_sendRawTransactionSync',
    'a request does not stay open for a block; eth_subscribe or polling tells when it is there',
  ],
  ['eth_blobBaseFee', 'there are no blobs'],
  ['eth_simulateV1', 'calls run on the state as it stands, one by one: use eth_call'],
  ['eth_getBlockAccessListByBlockHash', 'blocks carry no access lists of their own, only transactions do'],
  ['eth_getBlockAccessListByBlockNumber', 'blocks carry no access lists of their own, only transactions do'],
  [
    'eth_config',
    'it tells of forks, precompiles and blobs, which this chain has not; its rules are the answer of watt_genesis',
  ],
  ['eth_capabilities', 'what is kept is the same on every node: all blocks, and the state of the newest'],
  ['eth_protocolVersion', 'peers speak a protocol of this chain’s own; the software’s version is web3_clientVersion'],
  ['eth_getWork', 'the work of this chain has other fields: use watt_getWork'],
  ['eth_submitWork', 'the work of this chain has other fields: use watt_submitWork'],
  ['eth_submitHashrate', 'nothing is made of what others report; eth_hashrate is what this node measures of itself'],
  ['debug_getRawBlock', NO_RLP],
  ['debug_getRawHeader', NO_RLP],
  ['debug_getRawReceipts', 'receipts have a layout of their own here, not RLP; eth_getBlockReceipts has every field'],
  ['debug_getBadBlocks', 'a bad block is not kept; the log names it and the peer who sent it'],
]);

const IN_GENESIS = 'it stands in the genesis, which the chain begins with and keeps';
const BASE_FEE_IN_GENESIS = `the base fee is the least gas price; ${IN_GENESIS}`;
const NO_FORKING = 'no other network is forked, so there is no URL to change';
const NO_LOGGING = '`wattchain dev --quiet` prints no lines for calls';

/** Methods that Anvil or Hardhat have and a development chain has not. The reason is part of the error. */
export const ABSENT_DEV_METHODS: ReadonlyMap<string, string> = new Map([
  ['evm_setBlockGasLimit', IN_GENESIS],
  ['anvil_setMinGasPrice', IN_GENESIS],
  ['hardhat_setMinGasPrice', IN_GENESIS],
  ['anvil_setChainId', `${IN_GENESIS}; \`wattchain dev --chain-id\` chooses it`],
  ['anvil_setNextBlockBaseFeePerGas', BASE_FEE_IN_GENESIS],
  ['hardhat_setNextBlockBaseFeePerGas', BASE_FEE_IN_GENESIS],
  ['hardhat_setPrevRandao', 'blocks carry no random value for contracts'],
  ['anvil_setRpcUrl', NO_FORKING],
  ['hardhat_setRpcUrl', NO_FORKING],
  ['anvil_setLoggingEnabled', NO_LOGGING],
  ['hardhat_setLoggingEnabled', NO_LOGGING],
]);

const FOR_TESTS = 'it is for tests; `wattchain dev` has most of them';
const isForTests = (name: string) => /^(evm|anvil|hardhat)_/.test(name);

/** Why a method that a caller may expect is not there; `undefined` for one that nobody expects. */
export function whyAbsent(name: string): string | undefined {
  return ABSENT_METHODS.get(name) ?? ABSENT_DEV_METHODS.get(name) ?? (isForTests(name) ? FOR_TESTS : undefined);
}

/** What a method that is there answers differently. */
export interface Difference {
  readonly what: string;
  readonly why: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    what: 'Blocks have no `withdrawals`, `withdrawalsRoot`, `blobGasUsed`, `excessBlobGas`, `parentBeaconBlockRoot`, `requestsHash`.',
    why: 'There is nothing of the kind.',
  },
  {
    what: 'Blocks also have `historyRoot`, `timestampMs`, `target`, `extraNonce` and `minerSeal`; `mixHash` is the seal hash.',
    why: 'Together with the other fields they are the whole header, so that anybody can check its proof of work; `historyRoot` commits to all earlier headers and their work, see protocol.md.',
  },
  {
    what: '`hash`, `stateRoot`, `transactionsRoot` and `receiptsRoot` cannot be recomputed as Ethereum does it.',
    why: 'Header and trees are this chain’s own, see protocol.md. Transaction hashes are Ethereum’s.',
  },
  {
    what: '`logsBloom` of a block that is not part of the chain is `null`.',
    why: 'It is computed from receipts, and such a block has none.',
  },
  {
    what: '`baseFeePerGas` is the same in all blocks, the network’s minimum gas price, and the miner earns it like the rest.',
    why: 'Blocks here are seldom full, and coins are no money: a price that moves would only make tools wait. The most that a transaction needs as `maxFeePerGas` is the base fee and its tip.',
  },
  {
    what: 'Transactions are of the types 0 (legacy, with a chain id), 1 (EIP-2930) and 2 (EIP-1559); an access list is paid for as there and has no effect.',
    why: 'Reading the state costs the same for what is listed and what is not. Blobs (3), set code (4) and later types are refused with an error that says so.',
  },
  {
    what: 'A receipt of a failed transaction also has `revertReason`, and `eth_call` fails with it in words.',
    why: 'The chain knows why: a person should not have to decode it.',
  },
  {
    what: '`safe` and `finalized` are the newest confirmed block, `pending` is the newest block; only `eth_getTransactionCount` counts the pool with `pending`.',
    why: 'A block with enough confirmations is never undone by itself. The block that comes is built by whoever finds it, not by the node that is asked.',
  },
  {
    what: 'Methods that read the state answer for the newest 64 blocks below the head, eth_getProof among them.',
    why: 'Older states are not kept; blocks, receipts and logs are, all of them.',
  },
  {
    what: 'The proofs of `eth_getProof` are of a binary tree: the hashes beside the path from the root down, then the leaf where it ends; `storageHash` is the state root.',
    why: 'One tree holds accounts and storage alike. `verifyAccountProof` of `@wattchain/core` checks an answer against a state root.',
  },
  {
    what: '`eth_estimateGas` is exactly what the transaction uses if nothing changes before it.',
    why: 'No instruction reads the gas left, and no gas is given back.',
  },
  {
    what: '`eth_call` and `eth_estimateGas` take no state or block overrides and ignore fees and nonce; a tip above the whole fee is refused.',
    why: 'Nothing in a call depends on the ignored ones; overrides would answer for a chain that is not there.',
  },
  {
    what: 'The uncle methods answer 0 or `null`.',
    why: 'A block that lost the race is not rewarded and leaves no trace in the chain.',
  },
  {
    what: '`eth_accounts` is empty.',
    why: 'A node holds no keys that own anything.',
  },
  {
    what: 'A range of `eth_getLogs` that begins at or below the head and ends above it is answered up to the head.',
    why: 'There are no logs above the head, and clients ask a little behind or ahead of it. A range wholly above is refused as specified.',
  },
  {
    what: '`eth_getLogs` reads at most 2,000 blocks and gives at most 10,000 logs at once; a filter ends after five minutes without a question or above 10,000 entries.',
    why: 'Nobody who asks may keep a node from its work; whoever meets a limit is told the figure.',
  },
  {
    what: '`eth_subscribe` also has `syncing`; subscriptions are for WebSocket connections.',
    why: 'HTTP has no way back. Filters do the same for clients that poll.',
  },
];
