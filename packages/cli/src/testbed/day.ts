import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WattchainError } from '@wattchain/core';
import {
  acceptOffer,
  approveTokens,
  attestPurchase,
  buyTokens,
  DEFAULT_PRICE,
  decidePurchase,
  formatKwh,
  formatTokens,
  getPayout,
  listOffers,
  listTrades,
  markPayoutPaid,
  offerEnergy,
  PAPER_NEEDS,
  PAPER_PERIOD_SECONDS,
  PAPER_READINGS,
  PAPER_START_TOKENS,
  PAPER_TABLE,
  paperPeriodStart,
  parseTokens,
  payoutIdOf,
  registerMeter,
  reportReadings,
  requestPayout,
  settlePeriod,
} from '@wattchain/market';
import { type Hex, stringToHex } from 'viem';
import { checkBalance, type DayLedger, type Households, readDay } from './dayLedger.js';
import type { Testbed } from './network.js';
import { MACHINES, type ParticipantName, participantAccount } from './participants.js';
import { type DayResult, type NodeEnd, rowsHold } from './result.js';
import { Sender, type SentTransaction } from './sender.js';

/** The households and the meters of the same name. */
const HOUSEHOLDS = ['node-1', 'node-2', 'node-3'] as const;
type Household = (typeof HOUSEHOLDS)[number];
/** Time in which an offer of the day can be accepted, and in which its reading must come; block time. */
const ACCEPT_WITHIN_SECONDS = 3_600n;
const SETTLE_WITHIN_SECONDS = 86_400n;
/** What node 1 takes out of the bank at the end. */
const REDEEMED_TOKENS = parseTokens('50');
const HEADS_AGREE_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

const meterOf = (household: Household): Hex => stringToHex(household, { size: 32 });
const textOf = (text: string): Hex => stringToHex(text, { size: 32 });
const addressOf = (name: ParticipantName) => participantAccount(name).address;

/** Plays the paper's 4 July on a running testbed and gives what happened. Errors: `dayFailed`, with the reason. */
export async function runDay(testbed: Testbed, progress: (text: string) => void): Promise<DayResult> {
  const startedMs = Date.now();
  const sender = await Sender.connect(
    new Map([...testbed.nodes].map(([name, node]) => [name, node.rpcUrl])),
    testbed.genesisHash,
  );
  const day = new Day(sender, progress);
  const { client } = sender.connection('home-1');
  const firstBlock = await client.getBlockNumber();

  await day.prepare();
  const storedBefore = folderBytes(join(testbed.node('home-1').dataDir, 'chain'));
  const acceptances = await day.trade();
  const settlements = await day.settle();
  const redemption = await day.redeem();
  progress('waiting until everything has twelve confirmations …');
  await sender.wait(sender.sent, sender.connection('home-1').genesis.confirmations);

  const ledger = await readDay(sender.connection('home-1'), day.households, firstBlock);
  await day.checkBalances(ledger);
  const ends = await waitForOneHead(sender);
  const storedAfter = folderBytes(join(testbed.node('home-1').dataDir, 'chain'));
  const lastBlock = await client.getBlockNumber();
  const receipts = await Promise.all(sender.sent.map(({ hash }) => client.getTransactionReceipt({ hash })));
  const headsAgree = new Set(ends.map((end) => `${end.hash} ${end.stateRoot}`)).size === 1;
  const tradeTransactions = sender.sent.filter((transaction) => !day.preparation.includes(transaction));
  return {
    genesisHash: sender.connection('home-1').genesis.hash,
    chainId: sender.connection('home-1').genesis.chainId,
    rows: ledger.rows,
    balances: {
      node1: formatTokens(ledger.finalUnits.node1),
      node2: formatTokens(ledger.finalUnits.node2),
      node3: formatTokens(ledger.finalUnits.node3),
    },
    surplusKwh: formatKwh(ledger.surplusMwh),
    tradedKwh: formatKwh(ledger.tradedMwh),
    trades: ledger.trades,
    redemption: { ...redemption, node1TokensAfter: formatTokens(ledger.finalUnits.node1 - REDEEMED_TOKENS) },
    blocks: Number(lastBlock - firstBlock),
    transactions: sender.sent.length,
    gasUsed: receipts.reduce((sum, receipt) => sum + Number(receipt.gasUsed), 0),
    transactionBytesPerTrade: tradeTransactions.reduce((sum, { raw }) => sum + (raw.length - 2) / 2, 0) / ledger.trades,
    storedBytesPerTrade: (storedAfter - storedBefore) / ledger.trades,
    tradeMs: median(acceptances.map(({ hour, transaction }) => durationMs(transaction, settlements.get(hour)))),
    confirmationMs: median(sender.sent.map((transaction) => durationMs(transaction, transaction))),
    dayMs: Date.now() - startedMs,
    ends,
    headsAgree,
    passed: rowsHold(ledger.rows) && headsAgree,
  };
}

/** An acceptance and the hour that it is for. */
interface Acceptance {
  readonly hour: number;
  readonly transaction: SentTransaction;
}

/** The steps of the day, each sent in one go and waited for until it is in a block. */
class Day {
  readonly households: Households = {
    node1: addressOf('node-1'),
    node2: addressOf('node-2'),
    node3: addressOf('node-3'),
  };
  /** Transactions that come before the trade. */
  readonly preparation: SentTransaction[] = [];

  constructor(
    private readonly sender: Sender,
    private readonly progress: (text: string) => void,
  ) {}

  private get contracts() {
    return this.sender.connection('home-1').contracts();
  }

  /** Waits until the transactions are in blocks, for everybody. */
  private async included(transactions: readonly SentTransaction[]): Promise<void> {
    await this.sender.waitEverywhere(transactions);
  }

  /** Meters are registered, every household gets 100 tokens from the bank, and the contracts may take what the day needs. */
  async prepare(): Promise<void> {
    const { bankAddress, tokenAddress, tradeAddress } = this.contracts;
    const tokens = parseTokens(PAPER_START_TOKENS);
    const { sender } = this;
    this.progress('the operators register three meters; the bank issues 100 tokens to each household …');
    for (const household of HOUSEHOLDS) {
      const meter = { meter: meterOf(household), household: addressOf(household), reporter: addressOf('gateway') };
      this.preparation.push(
        await sender.send('operator-1', `register the meter of ${household}`, (client) =>
          registerMeter(client, { tradeAddress, ...meter }),
        ),
      );
    }
    for (const buyer of ['node-1', 'node-2'] as const) {
      this.preparation.push(
        await sender.send(buyer, `${buyer} buys tokens with coins`, (client) =>
          buyTokens(client, { bankAddress, valueWei: tokens }),
        ),
      );
    }
    const outside = { to: addressOf('node-3'), tokens, reference: textOf('cash from node-3, 4 July') };
    this.preparation.push(
      await sender.send('operator-2', 'attest the outside payment of node-3', (client) =>
        attestPurchase(client, { bankAddress, ...outside }),
      ),
    );
    const allowances = [
      { owner: 'node-1', spender: bankAddress, tokens: REDEEMED_TOKENS },
      { owner: 'node-2', spender: tradeAddress, tokens },
      { owner: 'node-3', spender: tradeAddress, tokens },
    ] as const;
    for (const { owner, ...allowance } of allowances) {
      this.preparation.push(
        await sender.send(owner, `${owner} allows a contract to take tokens`, (client) =>
          approveTokens(client, { tokenAddress, ...allowance }),
        ),
      );
    }
    await this.included(this.preparation);
  }

  /** Node 1 offers the surplus of every hour; node 2, then node 3, look at what is on offer and take what they need. */
  async trade(): Promise<Acceptance[]> {
    const { tradeAddress } = this.contracts;
    const { client } = this.sender.connectionOf('node-1');
    const now = (await client.getBlock()).timestamp;
    const offers: SentTransaction[] = [];
    for (const { hour, surplusMwh } of PAPER_TABLE) {
      if (surplusMwh === 0n) continue;
      const offer = {
        tradeAddress,
        meter: meterOf('node-1'),
        periodStart: paperPeriodStart(hour),
        periodSeconds: PAPER_PERIOD_SECONDS,
        energyMwh: surplusMwh,
        price: DEFAULT_PRICE,
        acceptUntil: now + ACCEPT_WITHIN_SECONDS,
        settleBy: now + SETTLE_WITHIN_SECONDS,
      };
      offers.push(await this.sender.send('node-1', `offer of ${hour}:00`, (signer) => offerEnergy(signer, offer)));
    }
    this.progress(`node 1 offers the surplus of ${offers.length} hours …`);
    await this.included(offers);
    return [...(await this.buy('node-2')), ...(await this.buy('node-3'))];
  }

  /** A buyer decides from its own need in each hour and what is on offer for it. */
  private async buy(buyer: 'node-2' | 'node-3'): Promise<Acceptance[]> {
    const { tradeAddress } = this.contracts;
    const { client } = this.sender.connectionOf(buyer);
    const onOffer = await listOffers(client, { tradeAddress, state: 'open' });
    const acceptances: Acceptance[] = [];
    for (const { hour, node2, node3 } of PAPER_NEEDS) {
      const need = buyer === 'node-2' ? node2 : node3;
      const offer = onOffer.find(({ periodStart }) => periodStart === paperPeriodStart(hour));
      if (offer === undefined) continue;
      const energyMwh = decidePurchase(need.energyMwh, offer.remainingMwh);
      if (energyMwh === 0n) continue;
      const acceptance = { tradeAddress, offerId: offer.offerId, energyMwh };
      const transaction = await this.sender.send(buyer, `${buyer} accepts energy of ${hour}:00`, (signer) =>
        acceptOffer(signer, acceptance),
      );
      acceptances.push({ hour, transaction });
    }
    this.progress(`${buyer.replace('-', ' ')} accepts energy of ${acceptances.length} hours …`);
    await this.included(acceptances.map(({ transaction }) => transaction));
    return acceptances;
  }

  /** The gateway reports the day of the three meters; then every hour with trades is settled, in the order of hours. */
  async settle(): Promise<Map<number, SentTransaction>> {
    const { tradeAddress } = this.contracts;
    const readings = HOUSEHOLDS.flatMap((household) => {
      const hours = { 'node-1': PAPER_READINGS.node1, 'node-2': PAPER_READINGS.node2, 'node-3': PAPER_READINGS.node3 }[
        household
      ];
      return hours.map(({ hour, producedMwh, consumedMwh }, index) => ({
        meter: meterOf(household),
        number: BigInt(index + 1),
        periodStart: paperPeriodStart(hour),
        periodSeconds: PAPER_PERIOD_SECONDS,
        producedMwh,
        consumedMwh,
      }));
    });
    this.progress(`the gateway reports ${readings.length} readings of three meters …`);
    const report = await this.sender.send('gateway', 'readings of the day', (client) =>
      reportReadings(client, { tradeAddress, readings }),
    );
    await this.included([report]);

    const settlements = new Map<number, SentTransaction>();
    const hours = await this.hoursWithTrades();
    for (const hour of hours) {
      const period = {
        meter: meterOf('node-1'),
        periodStart: paperPeriodStart(hour),
        periodSeconds: PAPER_PERIOD_SECONDS,
      };
      settlements.set(
        hour,
        await this.sender.send('node-1', `settlement of ${hour}:00`, (client) =>
          settlePeriod(client, { tradeAddress, ...period, maxTrades: 10n }),
        ),
      );
    }
    this.progress(`the trades of ${settlements.size} hours are settled …`);
    await this.included([...settlements.values()]);
    return settlements;
  }

  private async hoursWithTrades(): Promise<number[]> {
    const { client } = this.sender.connectionOf('node-1');
    const trades = await listTrades(client, { tradeAddress: this.contracts.tradeAddress, state: 'readyToSettle' });
    const starts = new Set(trades.map(({ periodStart }) => periodStart));
    return PAPER_TABLE.map(({ hour }) => hour).filter((hour) => starts.has(paperPeriodStart(hour)));
  }

  /** Node 1 asks for a payout outside, and an operator marks it as paid. */
  async redeem(): Promise<{ tokens: string; status: string; reference: string }> {
    const { bankAddress } = this.contracts;
    const { sender } = this;
    const { client } = sender.connectionOf('node-1');
    this.progress(`node 1 redeems ${formatTokens(REDEEMED_TOKENS)} tokens for a payout outside …`);
    const destination = textOf('account of node-1');
    const request = await sender.send('node-1', 'request a payout outside', (signer) =>
      requestPayout(signer, { bankAddress, tokens: REDEEMED_TOKENS, destination }),
    );
    await this.included([request]);
    const payoutId = payoutIdOf(await client.getTransactionReceipt({ hash: request.hash }));
    if (payoutId === undefined)
      throw new WattchainError('dayFailed', 'the bank gave no payout id', { values: { hash: request.hash } });
    const reference = 'transfer 4711';
    const paid = await sender.send('operator-2', 'mark the payout as paid', (signer) =>
      markPayoutPaid(signer, { bankAddress, payoutId, reference: textOf(reference) }),
    );
    await this.included([paid]);
    const payout = await getPayout(sender.connectionOf('operator-2').client, { bankAddress, payoutId });
    return { tokens: formatTokens(payout.tokens), status: payout.state, reference };
  }

  /** The chain's balances must be what the day's events add up to. */
  async checkBalances(ledger: DayLedger): Promise<void> {
    const connection = this.sender.connection('home-1');
    await checkBalance(connection, this.households.node1, ledger.finalUnits.node1 - REDEEMED_TOKENS, 'node 1');
    await checkBalance(connection, this.households.node2, ledger.finalUnits.node2, 'node 2');
    await checkBalance(connection, this.households.node3, ledger.finalUnits.node3, 'node 3');
  }
}

/** What `watt_status` tells of the head. */
interface StatusJson {
  readonly head: { readonly hash: string; readonly height: number; readonly stateRoot: string };
}

/** Asks all nodes at once until they name one head; what they say at the deadline otherwise. */
async function waitForOneHead(sender: Sender): Promise<NodeEnd[]> {
  const deadline = Date.now() + HEADS_AGREE_TIMEOUT_MS;
  for (;;) {
    const ends = await Promise.all(
      MACHINES.map(async (machine): Promise<NodeEnd> => {
        const { head } = await sender.connection(machine).watt<StatusJson>('watt_status');
        return { machine, height: head.height, hash: head.hash, stateRoot: head.stateRoot };
      }),
    );
    if (new Set(ends.map((end) => end.hash)).size === 1 || Date.now() > deadline) return ends;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function durationMs(from: SentTransaction, to: SentTransaction | undefined): number {
  if (to?.confirmedMs === undefined) throw new WattchainError('dayFailed', `${from.what}: its end was never confirmed`);
  return to.confirmedMs - from.sentMs;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function folderBytes(folder: string): number {
  return readdirSync(folder).reduce((sum, file) => {
    // Compaction may remove a file between the listing and the look at it.
    const size = statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0;
    return sum + size;
  }, 0);
}
