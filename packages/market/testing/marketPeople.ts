import { createWalletClient, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { SigningClient } from '../src/actions/transaction.js';
import type { GenesisContractsOptions } from '../src/genesisContracts.js';
import { MarketVm, testAccount } from './marketVm.js';
import { TEST_CHAIN, type VmTransport, vmTransport } from './vmTransport.js';

/** Contracts of a test, and clients of those who use them. */
export interface MarketPeople {
  readonly vm: MarketVm;
  readonly node: VmTransport;
  readonly operator: SigningClient;
  readonly secondOperator: SigningClient;
  readonly seller: SigningClient;
  readonly buyer: SigningClient;
  readonly gateway: SigningClient;
}

/** Fresh contracts, and test accounts 1, 2 (operators), 3 (seller), 4 (buyer) and 6 (gateway) as clients of theirs. */
export function marketPeople(rules: Partial<GenesisContractsOptions> = {}): MarketPeople {
  const vm = new MarketVm(rules);
  const node = vmTransport(vm);
  const clientOf = (n: number): SigningClient =>
    createWalletClient({
      account: privateKeyToAccount(toHex(testAccount(n).privateKey)),
      chain: TEST_CHAIN,
      transport: node.transport,
    });
  const [operator, secondOperator, seller, buyer, gateway] = [1, 2, 3, 4, 6].map(clientOf) as [
    SigningClient,
    SigningClient,
    SigningClient,
    SigningClient,
    SigningClient,
  ];
  return { vm, node, operator, secondOperator, seller, buyer, gateway };
}
