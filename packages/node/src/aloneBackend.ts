import type { Chain } from './chain/chain.js';
import { NODE_DEFAULTS } from './config.js';
import type { Sealer } from './dev/sealer.js';
import type { RpcBackend } from './rpc/protocol/backend.js';
import { serverError } from './rpc/protocol/rpcError.js';

/** `async`, so that it rejects as the methods in whose place it stands do. */
async function noNetwork(): Promise<never> {
  throw serverError('a development chain has no peers and needs no work: anvil_mine makes blocks');
}

function noReorganisation(): never {
  throw serverError('a development chain has no peers, so nothing else can become its head: evm_revert takes it back');
}

/** What methods are told of the parts that a chain of one process does without: what controls them is refused, with what to call instead. */
export function aloneBackend(chain: Chain, sealer: Sealer): Pick<RpcBackend, 'miner' | 'network' | 'sync'> {
  return {
    miner: {
      status: () => ({
        enabled: sealer.mode.automine || sealer.mode.intervalMs > 0,
        hashesPerSecond: 0,
        blocksFound: chain.head.header.height,
        duty: NODE_DEFAULTS.mine.duty,
        threads: 0,
        joulesPerHash: NODE_DEFAULTS.mine.joulesPerHash,
      }),
      setEnabled: (enabled) => sealer.setMode({ ...sealer.mode, automine: enabled }),
      getWork: noNetwork,
      submitWork: noNetwork,
    },
    network: {
      id: 'none',
      addresses: () => [],
      peers: () => [],
      members: { seen: 1, needed: 1, total: 1, silent: [], apart: [] },
      addPeer: noNetwork,
    },
    sync: {
      status: () => {
        const { height } = chain.head.header;
        return { syncing: false, startHeight: height, currentHeight: height, highestHeight: height };
      },
      warnings: () => [],
      clockOffsetMs: () => undefined,
      allowDeepReorg: noReorganisation,
    },
  };
}
