import {
  type Address,
  addressOf,
  assert,
  bytesEqual,
  contractAddress,
  fromHex,
  type Genesis,
  genesisChanges,
  type Hex,
  MAX_TRANSACTION_BYTES,
  MemoryKeyValues,
  parseAddress,
  parseGenesis,
  StateJournal,
  signTransaction,
  storageKey,
  toHex,
  WattchainError,
  ZERO_ADDRESS,
} from '@wattchain/core';
import { describeFailure, executeTransaction } from '@wattchain/vm';
import { type AbiParameter, encodeAbiParameters } from 'viem';
import { GENESIS_ADDRESSES, type MarketAddresses } from './contracts/contracts.js';
import {
  bankAbi,
  bankCode,
  councilAbi,
  councilCode,
  energyTokenAbi,
  energyTokenCode,
  energyTradeAbi,
  energyTradeCode,
  meterRegistryAbi,
  meterRegistryCode,
} from './contracts/generated.js';
import {
  type BankRules,
  type CouncilRules,
  PILOT_NOTICE_SECONDS,
  PILOT_REGISTRY_RULES,
  PILOT_TRADE_RULES,
  type RegistryRules,
  SETTLEMENTS,
  type TradeRules,
} from './genesisRules.js';

/** What a community decides when its network begins, by contract; what is left out has the value of a pilot. */
export interface GenesisContractsOptions {
  /** Default {@link GENESIS_ADDRESSES}. */
  readonly addresses?: Partial<Readonly<Record<keyof MarketAddresses, string>>>;
  readonly council: CouncilRules;
  readonly registry?: Partial<RegistryRules>;
  readonly trade?: Partial<TradeRules>;
  readonly bank: BankRules;
}

/** An entry of a genesis file's `contracts`. */
export interface GenesisContractJson {
  readonly name: string;
  readonly address: Address;
  readonly code: Hex;
  readonly storage: Readonly<Record<Hex, Hex>>;
}

/**
 * The contracts as they stand after their constructors have run, ready for `contracts` of a genesis file. The
 * constructors run in the machine on a scratch state, so what they refuse is refused here.
 *
 * @throws WattchainError `badGenesisContract` with the constructor's reason; `badAddress` for text that is no address.
 * @example
 * const contracts = deployForGenesis({
 *   council: { members: [miner1, miner2], recoveryKey },
 *   bank: { buyRateWei: 10n ** 15n, redeemRateWei: 10n ** 15n, attestationLimits: [parseTokens('10000'), parseTokens('10000')] },
 * });
 */
export function deployForGenesis(options: GenesisContractsOptions): GenesisContractJson[] {
  const { tokenAddress, bankAddress, tradeAddress, registryAddress, councilAddress } = addressesOf(options);
  const members = options.council.members.map(parseAddress);
  const recoveryKey = parseAddress(options.council.recoveryKey ?? ZERO_ADDRESS);
  const noticeSeconds = options.council.noticeSeconds ?? PILOT_NOTICE_SECONDS;
  const registryRules = { ...PILOT_REGISTRY_RULES, ...options.registry };
  requireSensible(registryRules);
  const tradeRules = { ...PILOT_TRADE_RULES, ...options.trade };
  const { buyRateWei, redeemRateWei, attestationLimits } = options.bank;
  const limits = members.map((_, seat) => attestationLimits[seat] ?? 0n);
  // First, because what the others say of a wrong list of members is less plain.
  const council = deploy(
    'Council',
    councilAddress,
    councilCode,
    encodeConstructor(councilAbi, [members, recoveryKey, noticeSeconds]),
  );
  return [
    deploy('EnergyToken', tokenAddress, energyTokenCode, encodeConstructor(energyTokenAbi, [bankAddress])),
    deploy(
      'Bank',
      bankAddress,
      bankCode,
      encodeConstructor(bankAbi, [tokenAddress, councilAddress, limits, buyRateWei, redeemRateWei]),
    ),
    deploy(
      'EnergyTrade',
      tradeAddress,
      energyTradeCode,
      encodeConstructor(energyTradeAbi, [
        tokenAddress,
        registryAddress,
        councilAddress,
        { ...tradeRules, settlement: SETTLEMENTS.indexOf(tradeRules.settlement) },
      ]),
    ),
    deploy(
      'MeterRegistry',
      registryAddress,
      meterRegistryCode,
      encodeConstructor(meterRegistryAbi, [councilAddress, registryRules]),
    ),
    council,
  ];
}

const DAY = 86_400n;
/** Least and most seconds of a rule: nobody should wait longer for a final reading, or lose a meter for longer by one that came too early. */
const REGISTRY_BOUNDS = {
  resolutionSeconds: [1n, DAY],
  correctionSeconds: [0n, 90n * DAY],
  readingLeadSeconds: [0n, 90n * DAY],
} as const;

/** What the registry itself does not look at: markets pay for each byte of its code. Errors: `badGenesisContract`. */
export function requireSensible(rules: RegistryRules): void {
  for (const [name, [least, most]] of Object.entries(REGISTRY_BOUNDS)) {
    const value = rules[name as keyof typeof REGISTRY_BOUNDS];
    if (value >= least && value <= most) continue;
    throw new WattchainError('badGenesisContract', `${name} of the MeterRegistry contract is ${value}`, {
      values: { name, value },
      hint: `choose ${least} to ${most} seconds`,
    });
  }
}

function addressesOf({ addresses = {} }: GenesisContractsOptions): MarketAddresses {
  const chosen = { ...GENESIS_ADDRESSES, ...addresses };
  return {
    tokenAddress: parseAddress(chosen.tokenAddress),
    bankAddress: parseAddress(chosen.bankAddress),
    tradeAddress: parseAddress(chosen.tradeAddress),
    registryAddress: parseAddress(chosen.registryAddress),
    councilAddress: parseAddress(chosen.councilAddress),
  };
}

/** An interface, as far as its constructor goes. */
export type AbiItem = { readonly type: string; readonly inputs?: readonly AbiParameter[] };

/** Constructor arguments, which follow the code in deployment data. */
export function encodeConstructor(abi: readonly AbiItem[], args: readonly unknown[]): Hex {
  const inputs = abi.find((item) => item.type === 'constructor')?.inputs;
  assert(inputs !== undefined, 'the contract has a constructor');
  return encodeAbiParameters(inputs, args);
}

/** Whoever signs on the scratch state is of no account: the state is thrown away. */
const SCRATCH_KEY = new Uint8Array(32).fill(1);
const SCRATCH_GAS = 100_000_000;

/**
 * A contract as its constructor leaves it, with the reason where that refuses.
 * @param others contracts that stand already, for a constructor that asks them
 */
export function deploy(
  name: string,
  address: Address,
  code: Hex,
  args: Hex,
  others: readonly GenesisContractJson[] = [],
): GenesisContractJson {
  const genesis = scratchGenesis(others);
  const data = fromHex(code + args.slice(2));
  assert(data.length <= MAX_TRANSACTION_BYTES, `the ${name} contract fits a transaction`);
  const state = new StateJournal(stateOf(genesis));
  const transaction = signTransaction(
    { nonce: 0, gasPrice: 0n, gasLimit: SCRATCH_GAS, to: null, value: 0n, data, chainId: genesis.chainId },
    SCRATCH_KEY,
  );
  const context = { height: 1, timestampMs: genesis.timestampMs, miner: ZERO_ADDRESS, genesis };
  const { value: receipt, fault } = executeTransaction(state, transaction, context, SCRATCH_GAS);
  assert(receipt !== undefined, `the scratch deployment is a valid transaction, not ${fault?.code}`);
  if (receipt.failure !== null) {
    const reason = describeFailure(receipt.failure);
    throw new WattchainError('badGenesisContract', `the ${name} contract refuses its start: ${reason}`, {
      values: { contract: name, reason },
      hint: 'correct the rules of the genesis',
    });
  }
  const deployed = contractAddress(addressOf(SCRATCH_KEY), 0);
  const prefix = storageKey(deployed, 0n).subarray(0, -32);
  const storage: Record<Hex, Hex> = {};
  for (const { key, after } of state.changes()) {
    if (after !== undefined && bytesEqual(key.subarray(0, prefix.length), prefix)) {
      storage[toHex(key.subarray(prefix.length))] = toHex(after);
    }
  }
  return { name, address, code, storage };
}

function stateOf(genesis: Genesis): MemoryKeyValues {
  const memory = new MemoryKeyValues();
  const { changes, codes } = genesisChanges(genesis);
  memory.apply(changes.map(({ key, after }) => ({ key, value: after })));
  memory.apply(codes);
  return memory;
}

function scratchGenesis(contracts: readonly GenesisContractJson[]): Genesis {
  return parseGenesis({
    name: 'scratch',
    chainId: 1,
    timestampMs: 0,
    blockIntervalMs: 1000,
    firstTarget: '0x01',
    largestTarget: '0x01',
    blockGasLimit: SCRATCH_GAS,
    blockByteLimit: MAX_TRANSACTION_BYTES,
    minGasPriceWei: '0',
    blockRewardWei: '0',
    confirmations: 12,
    testbed: true,
    contracts,
  });
}
