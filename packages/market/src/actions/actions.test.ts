import { createWalletClient, type Hash, numberToHex, parseTransaction, toHex, zeroHash } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { getTransactionReceipt } from 'viem/actions';
import { beforeEach, describe, expect, it } from 'vitest';
import { GENESIS_ADDRESSES } from '../contracts/contracts.js';
import * as market from '../index.js';
import { CHAIN_ID, MarketVm, type TestAccount, testAccount } from '../testing/marketVm.js';
import { TEST_CHAIN, vmTransport } from '../testing/vmTransport.js';
import { parseKwh, parseTokens } from '../units.js';
import type { SigningClient } from './transaction.js';

const { tokenAddress, bankAddress, tradeAddress } = GENESIS_ADDRESSES;
const METER = numberToHex(0xa1, { size: 32 });
const PERIOD = { periodStart: 3600n, periodSeconds: 3600n };
const reference = (n: number) => numberToHex(n, { size: 32 });

let vm: MarketVm;
let sent: readonly `0x${string}`[];
let operator: SigningClient;
let secondOperator: SigningClient;
let seller: SigningClient;
let buyer: SigningClient;
let gateway: SigningClient;

beforeEach(() => {
  vm = new MarketVm();
  const node = vmTransport(vm);
  sent = node.sent;
  const clientOf = ({ privateKey }: TestAccount): SigningClient =>
    createWalletClient({
      account: privateKeyToAccount(toHex(privateKey)),
      chain: TEST_CHAIN,
      transport: node.transport,
    });
  [operator, secondOperator, seller, buyer, gateway] = [1, 2, 3, 4, 6].map(testAccount).map(clientOf) as [
    SigningClient,
    SigningClient,
    SigningClient,
    SigningClient,
    SigningClient,
  ];
});

const receiptOf = async (hash: Promise<Hash>) => getTransactionReceipt(operator, { hash: await hash });
const balanceOf = (client: SigningClient) =>
  market.getTokenBalance(client, { tokenAddress, owner: client.account.address });

describe('the token', () => {
  it('moves and is approved with legacy transactions of this chain', async () => {
    await market.buyTokens(buyer, { bankAddress, valueWei: 6_000_000n });
    await market.transferTokens(buyer, { tokenAddress, to: seller.account.address, tokens: parseTokens('1') });
    await market.approveTokens(seller, { tokenAddress, spender: buyer.account.address, tokens: 5n });
    expect([await balanceOf(buyer), await balanceOf(seller)]).toEqual([parseTokens('2'), parseTokens('1')]);
    expect(vm.read('token', 'allowance', [seller.account.address, buyer.account.address])).toBe(5n);
    for (const raw of sent) expect(parseTransaction(raw)).toMatchObject({ type: 'legacy', chainId: CHAIN_ID });
  });

  it('says a refusal in words, with the figures and what to do', async () => {
    const call = market.transferTokens(buyer, { tokenAddress, to: seller.account.address, tokens: parseTokens('1.5') });
    await expect(call).rejects.toMatchObject({
      code: 'refused',
      message: `${buyer.account.address} has 0 tokens, 1.5 tokens are needed`,
      hint: 'buy tokens at the bank first',
      values: { error: 'ERC20InsufficientBalance' },
    });
    expect(sent).toHaveLength(0);
  });

  it('takes gas, nonce and gas price as given, and then asks for no estimate', async () => {
    const options = { gas: 77_777n, nonce: 0, gasPriceWei: 3n };
    await market.approveTokens(buyer, { tokenAddress, spender: tradeAddress, tokens: 1n, ...options });
    expect(parseTransaction(sent[0] ?? '0x')).toMatchObject({ gas: 77_777n, gasPrice: 3n });
  });
});

describe('the bank', () => {
  it('sells, attests, redeems and shows its figures', async () => {
    await market.buyTokens(buyer, { bankAddress, valueWei: 20_000_000n });
    await market.attestPurchase(operator, {
      bankAddress,
      to: seller.account.address,
      tokens: parseTokens('4'),
      reference: reference(1),
    });
    await market.redeemForCoins(buyer, { bankAddress, tokens: parseTokens('2') });
    expect(await market.getBankFigures(buyer, { bankAddress })).toEqual({
      issuedForCoins: parseTokens('10'),
      issuedOutside: parseTokens('4'),
      redeemedForCoins: parseTokens('2'),
      paidOutside: 0n,
      pendingPayouts: 0n,
      outstanding: parseTokens('12'),
      backedByCoins: parseTokens('8'),
      backedOutside: parseTokens('4'),
      coinReserveWei: 16_200_000n,
      coinReserveNeededWei: 15_200_000n,
      coinWithdrawableWei: 1_000_000n,
      buyRateWei: 2_000_000n,
      redeemRateWei: 1_900_000n,
    });
    await expect(market.redeemForCoins(seller, { bankAddress, tokens: parseTokens('9') })).rejects.toMatchObject({
      message: "the bank's reserve has 16200000 wei, 17100000 wei are needed",
    });
  });

  it('pays outside', async () => {
    vm.give(buyer.account, parseTokens('9'));
    await expect(
      market.requestPayout(buyer, { bankAddress, tokens: parseTokens('5'), destination: reference(7) }),
    ).rejects.toMatchObject({ hint: 'approve the contract first (approveTokens)' });
    await market.approveTokens(buyer, { tokenAddress, spender: bankAddress, tokens: parseTokens('9') });
    const request = (tokens: string) =>
      market.requestPayout(buyer, { bankAddress, tokens: parseTokens(tokens), destination: reference(7) });
    const payoutId = market.payoutIdOf(await receiptOf(request('5')));
    expect(payoutId).toBe(1n);
    expect(await market.getPayout(buyer, { bankAddress, payoutId: 1n })).toEqual({
      payoutId: 1n,
      holder: buyer.account.address,
      tokens: parseTokens('5'),
      destination: reference(7),
      state: 'pending',
      reference: zeroHash,
    });
    await market.markPayoutPaid(operator, { bankAddress, payoutId: 1n, reference: reference(8) });
    await request('3');
    await market.cancelPayout(buyer, { bankAddress, payoutId: 2n });
    const states = await Promise.all([1n, 2n].map((id) => market.getPayout(buyer, { bankAddress, payoutId: id })));
    expect(states.map(({ state }) => state)).toEqual(['paid', 'cancelled']);
    expect(await balanceOf(buyer)).toBe(parseTokens('4'));
    await expect(market.getPayout(buyer, { bankAddress, payoutId: 3n })).rejects.toMatchObject({
      code: 'unknownPayout',
    });
  });

  it('runs standing orders that are due', async () => {
    vm.give(buyer.account, parseTokens('9'));
    await market.approveTokens(buyer, { tokenAddress, spender: bankAddress, tokens: parseTokens('9') });
    const leave = (intervalSeconds: bigint) =>
      market.setStandingOrder(buyer, {
        bankAddress,
        tokens: parseTokens('2'),
        intervalSeconds,
        destination: reference(7),
      });
    expect(market.standingOrderIdOf(await receiptOf(leave(60n)))).toBe(1n);
    await leave(600n);
    await leave(60n);
    await market.cancelStandingOrder(buyer, { bankAddress, orderId: 3n });
    expect(await market.listDueStandingOrders(operator, { bankAddress })).toEqual([]);
    vm.nowS += 60n;
    const orderIds = await market.listDueStandingOrders(operator, { bankAddress });
    expect(orderIds).toEqual([1n]);
    await market.runStandingOrders(secondOperator, { bankAddress, orderIds });
    expect(await balanceOf(buyer)).toBe(parseTokens('7'));
    expect(await market.listDueStandingOrders(operator, { bankAddress })).toEqual([]);
  });
});

describe('a trade', () => {
  beforeEach(async () => {
    const [household, reporter] = [seller.account.address, gateway.account.address];
    await market.registerMeter(operator, { tradeAddress, meter: METER, household, reporter });
    vm.give(buyer.account, parseTokens('20'));
    await market.approveTokens(buyer, { tokenAddress, spender: tradeAddress, tokens: parseTokens('20') });
  });

  const offer = (energy: string) =>
    market.offerEnergy(seller, {
      tradeAddress,
      meter: METER,
      ...PERIOD,
      energyMwh: parseKwh(energy),
      price: market.DEFAULT_PRICE,
      acceptUntil: vm.nowS + 100n,
      settleBy: vm.nowS + 1000n,
    });
  const accept = (energy: string, offerId = 1n) =>
    market.acceptOffer(buyer, { tradeAddress, offerId, energyMwh: parseKwh(energy) });
  const report = (producedMwh: bigint) =>
    market.reportReadings(gateway, {
      tradeAddress,
      readings: [{ meter: METER, number: 1n, ...PERIOD, producedMwh, consumedMwh: 50_000n }],
    });
  const settle = () => market.settlePeriod(gateway, { tradeAddress, meter: METER, ...PERIOD, maxTrades: 50n });
  const explain = (tradeId: bigint) => market.explainTrade(buyer, { tradeAddress, tradeId });

  it('is offered, accepted, read, settled, and explained at every step', async () => {
    expect(market.offerIdOf(await receiptOf(offer('1')))).toBe(1n);
    expect(market.tradeIdOf(await receiptOf(accept('0.6')))).toBe(1n);
    await accept('0.3');
    expect(await market.getOffer(buyer, { tradeAddress, offerId: 1n })).toMatchObject({
      seller: seller.account.address,
      ...PERIOD,
      energyMwh: 1_000_000n,
      remainingMwh: 100_000n,
      cancelledMwh: 0n,
      state: 'open',
    });
    expect(await explain(1n)).toBe(
      "Trade 1, 0.600000 kWh for 4 tokens: waiting for the meter's reading of the period, which must be in by 1970-01-12T14:03:20Z; 4 tokens are in escrow.",
    );
    await report(800_000n);
    expect(await explain(2n)).toBe(
      'Trade 2, 0.300000 kWh for 2 tokens: Reading 1 says 0.800000 kWh produced and 0.050000 kWh consumed, so 0.750000 kWh delivered; anyone can settle it now, after 1 trade accepted before it.',
    );
    await settle();
    expect(await explain(1n)).toBe(
      'Trade 1, 0.600000 kWh for 4 tokens: settled. Reading 1 says 0.800000 kWh produced and 0.050000 kWh consumed, so 0.750000 kWh delivered, which covered all of it; the seller got 4 tokens.',
    );
    expect(await explain(2n)).toBe(
      'Trade 2, 0.300000 kWh for 2 tokens: settled short. Reading 1 says 0.800000 kWh produced and 0.050000 kWh consumed, so 0.750000 kWh delivered, of which 0.150000 kWh were left for this trade; the seller got 1 token, the buyer 1 token back.',
    );
    expect(await balanceOf(seller)).toBe(parseTokens('5'));
    expect(await market.getMeter(buyer, { tradeAddress, meter: METER })).toEqual({
      meter: METER,
      household: seller.account.address,
      reporter: gateway.account.address,
      lastNumber: 1n,
      readUntil: 7200n,
    });
  });

  it('is refunded without a reading', async () => {
    await offer('1');
    await accept('0.15');
    await expect(market.refundTrade(gateway, { tradeAddress, tradeId: 1n })).rejects.toMatchObject({
      message: 'settleBy has not passed',
    });
    vm.nowS += 1001n;
    expect(await explain(1n)).toBe(
      'Trade 1, 0.150000 kWh for 1 token: no reading came by 1970-01-12T14:03:20Z; anyone can trigger the refund of 1 token to the buyer.',
    );
    await market.refundTrade(gateway, { tradeAddress, tradeId: 1n });
    expect(await explain(1n)).toBe(
      'Trade 1, 0.150000 kWh for 1 token: refunded. No reading came by 1970-01-12T14:03:20Z, and the buyer got 1 token back.',
    );
    expect(await balanceOf(buyer)).toBe(parseTokens('20'));
  });

  it('can no longer be delivered once the meter was read past its beginning', async () => {
    await offer('1');
    await accept('0.15');
    await market.reportReadings(gateway, {
      tradeAddress,
      readings: [{ meter: METER, number: 1n, periodStart: 0n, periodSeconds: 5000n, producedMwh: 9n, consumedMwh: 0n }],
    });
    expect(await explain(1n)).toMatch(/so none can come; after 1970-01-12T14:03:20Z anyone can trigger the refund/);
    await expect(accept('0.1')).rejects.toMatchObject({
      message: `meter ${METER} was read until 5000, the period begins at 3600`,
    });
  });

  it('and its offers are found by their events', async () => {
    await offer('1');
    await offer('0.5');
    await accept('0.5', 2n);
    await accept('0.2', 1n);
    await market.cancelOffer(seller, { tradeAddress, offerId: 1n });
    await offer('0.1');
    const offers = await market.listOffers(buyer, { tradeAddress, seller: seller.account.address });
    expect(offers.map(({ offerId, state }) => [offerId, state])).toEqual([
      [1n, 'cancelled'],
      [2n, 'soldOut'],
      [3n, 'open'],
    ]);
    expect(await market.listOffers(buyer, { tradeAddress, state: 'open', meter: METER })).toHaveLength(1);
    expect(await market.listOffers(buyer, { tradeAddress, seller: buyer.account.address })).toEqual([]);
    const trades = await market.listTrades(buyer, { tradeAddress, buyer: buyer.account.address });
    expect(trades.map(({ tradeId, offerId, energyMwh }) => [tradeId, offerId, energyMwh])).toEqual([
      [1n, 2n, 500_000n],
      [2n, 1n, 200_000n],
    ]);
    expect(await market.listTrades(buyer, { tradeAddress, state: 'settled' })).toEqual([]);
    expect(await market.listTrades(buyer, { tradeAddress, seller: buyer.account.address })).toEqual([]);
  });

  it('and meters and offers that do not exist are said so', async () => {
    await expect(explain(1n)).rejects.toMatchObject({ code: 'unknownTrade', message: 'there is no trade 1' });
    await expect(market.getOffer(buyer, { tradeAddress, offerId: 0n })).rejects.toMatchObject({ code: 'unknownOffer' });
    await expect(market.getMeter(buyer, { tradeAddress, meter: reference(9) })).rejects.toMatchObject({
      code: 'unknownMeter',
    });
    await expect(accept('1')).rejects.toMatchObject({ code: 'refused', message: 'there is no such offer' });
    await offer('1');
    await expect(accept('1.1')).rejects.toMatchObject({
      message: '1.000000 kWh are left of the offer, not 1.100000 kWh',
    });
  });
});
