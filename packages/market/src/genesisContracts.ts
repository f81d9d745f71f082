import {
  type Address,
  addressOf,
  assert,
  bytesEqual,
  contractAddress,
  fromHex,
  type Genesis,
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
import {
  bankAbi,
  bankCode,
  energyTokenAbi,
  energyTokenCode,
  energyTradeAbi,
  energyTradeCode,
} from './contracts/generated.js';

/** Where the Energy Token stands in a network whose genesis carries the contracts. Nobody has a key of this address. */
export const ENERGY_TOKEN_ADDRESS: Address = '0xe000000000000000000000000000000000000001';
/** Where the bank stands there. */
export const BANK_ADDRESS: Address = '0xe000000000000000000000000000000000000002';
/** Where the trade contract stands there. */
export const ENERGY_TRADE_ADDRESS: Address = '0xe000000000000000000000000000000000000003';
/** Where the council stands there. */
export const COUNCIL_ADDRESS: Address = '0xe000000000000000000000000000000000000005';

/** What a community decides when its network begins. */
export interface GenesisContractsOptions {
  /** Default {@link ENERGY_TOKEN_ADDRESS}. */
  readonly tokenAddress?: string;
  /** Default {@link BANK_ADDRESS}. */
  readonly bankAddress?: string;
  /** Default {@link ENERGY_TRADE_ADDRESS}. */
  readonly tradeAddress?: string;
  /** The bank's two operators, who are the registrars of meters too. */
  readonly operators: readonly [BankOperator, BankOperator];
  /** Wei for one token, paid to the bank. */
  readonly buyRateWei: bigint;
  /** Wei for one token, paid by the bank; at most `buyRateWei`. */
  readonly redeemRateWei: bigint;
}

/** An operator of the bank. */
export interface BankOperator {
  readonly address: string;
  /** Token units that it may attest as paid outside, in all, until the other operator raises it. */
  readonly attestationLimit: bigint;
}

/** An entry of a genesis file's `contracts`. */
export interface GenesisContractJson {
  readonly name: string;
  readonly address: Address;
  readonly code: Hex;
  readonly storage: Readonly<Record<Hex, Hex>>;
}

/**
 * The three contracts as they stand after their constructors have run, ready for `contracts` of a genesis file. The
 * constructors run in the machine on a scratch state, so what they refuse is refused here.
 *
 * @throws WattchainError `badGenesisContract` with the constructor's reason; `badAddress` for text that is no address.
 * @example
 * const contracts = deployForGenesis({
 *   operators: [{ address: miner1, attestationLimit: parseTokens('10000') }, { address: miner2, attestationLimit: parseTokens('10000') }],
 *   buyRateWei: 10n ** 15n,
 *   redeemRateWei: 10n ** 15n,
 * });
 */
export function deployForGenesis(options: GenesisContractsOptions): GenesisContractJson[] {
  const { operators, buyRateWei, redeemRateWei } = options;
  const token = parseAddress(options.tokenAddress ?? ENERGY_TOKEN_ADDRESS);
  const bank = parseAddress(options.bankAddress ?? BANK_ADDRESS);
  const trade = parseAddress(options.tradeAddress ?? ENERGY_TRADE_ADDRESS);
  const [first, second] = operators.map(({ address }) => parseAddress(address)) as [Address, Address];
  const limits = operators.map(({ attestationLimit }) => attestationLimit);
  return [
    deploy('EnergyToken', token, energyTokenCode, encodeConstructor(energyTokenAbi, [bank])),
    deploy(
      'Bank',
      bank,
      bankCode,
      encodeConstructor(bankAbi, [token, COUNCIL_ADDRESS, limits, buyRateWei, redeemRateWei]),
    ),
    deploy('EnergyTrade', trade, energyTradeCode, encodeConstructor(energyTradeAbi, [token, first, second])),
  ];
}

type AbiItem = { readonly type: string; readonly inputs?: readonly AbiParameter[] };

function encodeConstructor(abi: readonly AbiItem[], args: readonly unknown[]): Hex {
  const inputs = abi.find((item) => item.type === 'constructor')?.inputs;
  assert(inputs !== undefined, 'the contract has a constructor');
  return encodeAbiParameters(inputs, args);
}

/** Whoever signs on the scratch state is of no account: the state is thrown away. */
const SCRATCH_KEY = new Uint8Array(32).fill(1);
const SCRATCH_GAS = 100_000_000;

function deploy(name: string, address: Address, code: Hex, args: Hex): GenesisContractJson {
  const genesis = scratchGenesis();
  const data = fromHex(code + args.slice(2));
  assert(data.length <= MAX_TRANSACTION_BYTES, `the ${name} contract fits a transaction`);
  const state = new StateJournal(new MemoryKeyValues());
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
      hint: 'correct the operators or the rates of the genesis',
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

function scratchGenesis(): Genesis {
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
  });
}
