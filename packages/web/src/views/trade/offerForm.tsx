import {
  amountOf,
  approveTokens,
  bondOf,
  type CommunityMeter,
  DEFAULT_ACCEPT_WITHIN_SECONDS,
  DEFAULT_PRICE,
  DEFAULT_SETTLE_WITHIN_SECONDS,
  deadlinesOfOffer,
  doubtsOfOffer,
  formatTokens,
  getAllowance,
  getMeter,
  offerEnergy,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import { client, contracts } from '../../api/node.js';
import { Card, Empty } from '../../components/basics.js';
import { duration, tokens, wordText } from '../../format.js';
import type { Step } from '../../keys/send.js';
import type { PageAccount } from '../../keys/session.js';
import type { Plan } from '../wallet/act.js';
import { exactKwh, exactTokens, pricePerKwh } from '../wallet/amounts.js';
import { ActionForm, Choice, Field } from '../wallet/forms.js';
import { problemOf, readEnergy, readTokens, understood } from '../wallet/inputs.js';
import { usePeriod } from './periodFields.js';
import { doubtContext, type TradeContext } from './tradeContext.js';
import { readUntil, same } from './tradeModel.js';

const { tokenAddress, tradeAddress, registryAddress } = contracts;

const ACCEPT_WITHIN = [
  { value: '900', text: '15 minutes' },
  { value: '3600', text: '1 hour' },
  { value: '86400', text: '1 day' },
] as const;
const SETTLE_WITHIN = [
  { value: '7200', text: '2 hours' },
  { value: '86400', text: '1 day' },
  { value: '172800', text: '2 days' },
  { value: '1209600', text: '2 weeks' },
] as const;
const choiceOf = (options: readonly { readonly value: string }[], seconds: bigint) =>
  options.find(({ value }) => value === seconds.toString())?.value ?? '';

/** `/trade/offer`: energy of a period that the acting account's meter has not been read for. */
export function OfferForm(context: TradeContext) {
  const { acting } = context;
  const meters = acting === undefined ? [] : context.meters.filter(({ owner }) => same(owner, acting.address));
  return (
    <Card title="Offer energy" wide>
      {acting === undefined ? (
        <Empty>Choose an account first.</Empty>
      ) : meters.length === 0 ? (
        <Empty>
          No meter is registered for {acting.name}, so it has no energy to offer. A registrar of the community registers
          meters.
        </Empty>
      ) : (
        <Fields meters={meters} context={context} />
      )}
    </Card>
  );
}

/** Why energy of a period cannot be offered now, if so. */
function problemOfPeriod(periodStart: bigint, until: bigint, { clock, rules, now }: TradeContext): string | undefined {
  const { momentText } = clock;
  const marketTime = now + rules.marketTimeOffset;
  if (periodStart < until) return `The meter was read until ${momentText(until)}; choose a period after that.`;
  if (periodStart - rules.gateSeconds <= marketTime) {
    return `Offers for it closed at ${momentText(periodStart - rules.gateSeconds)}; market time is ${momentText(marketTime)}.`;
  }
  return periodStart > marketTime + rules.offerLeadSeconds
    ? `It begins more than ${duration(rules.offerLeadSeconds)} from now; market time is ${momentText(marketTime)}.`
    : undefined;
}

/** The first period that can still be offered: after the last reading, or after now. */
function firstPeriod(until: bigint, { rules, now }: TradeContext): bigint {
  const length = rules.resolutionSeconds;
  const open = now + rules.marketTimeOffset + (rules.gateSeconds > 0n ? rules.gateSeconds : 0n);
  const next = (open / length + 1n) * length;
  return until > next ? until : next;
}

function Fields({ meters, context }: { meters: readonly CommunityMeter[]; context: TradeContext }) {
  const { clock, rules, now } = context;
  const [chosen, setChosen] = useState<string>(meters[0]?.meter ?? '');
  const meter = meters.find((each) => each.meter === chosen) ?? (meters[0] as CommunityMeter);
  const until = readUntil(meter, clock.periodSeconds);
  const [suggested] = useState(firstPeriod(until, context));
  const chosenPeriod = usePeriod(clock, { suggested, problemOf: (start) => problemOfPeriod(start, until, context) });
  const [energyText, setEnergy] = useState('');
  const [priceText, setPrice] = useState(formatTokens(DEFAULT_PRICE));
  const [acceptWithin, setAcceptWithin] = useState(choiceOf(ACCEPT_WITHIN, DEFAULT_ACCEPT_WITHIN_SECONDS));
  const [settleWithin, setSettleWithin] = useState(choiceOf(SETTLE_WITHIN, DEFAULT_SETTLE_WITHIN_SECONDS));
  const [energy, price] = [readEnergy(energyText), readTokens(priceText)];
  const [energyMwh, priceUnits] = [understood(energy), understood(price)];
  const energyProblem =
    problemOf(energy) ??
    (energyMwh !== undefined && energyMwh < rules.smallestAcceptanceMwh
      ? `At least ${exactKwh(rules.smallestAcceptanceMwh)}.`
      : undefined);
  const deadlineProblem =
    BigInt(settleWithin) > BigInt(acceptWithin)
      ? undefined
      : 'The reading comes after the acceptances: give it more time.';
  const plan = async (acting: PageAccount): Promise<Plan | undefined> => {
    const { periodStart } = chosenPeriod;
    if (energyMwh === undefined || priceUnits === undefined || periodStart === undefined) return undefined;
    if (energyProblem !== undefined || deadlineProblem !== undefined) return undefined;
    const within = { acceptWithin: BigInt(acceptWithin), settleWithin: BigInt(settleWithin) };
    const deadlines = deadlinesOfOffer(now, periodStart, rules, within);
    const offer = { periodStart, energyMwh, price: priceUnits, gridPrice: rules.gridPrice, ...deadlines };
    return offerPlan({ ...offer, meter: meter.meter }, context, acting);
  };
  return (
    <ActionForm title="Offer energy" button="Review" plan={plan} onSent={() => setEnergy('')}>
      {(hasTried) => (
        <>
          {meters.length > 1 && (
            <Choice
              label="Meter"
              value={meter.meter}
              options={meters.map((each) => ({ value: each.meter, text: wordText(each.meter) }))}
              onInput={setChosen}
            />
          )}
          <p>
            Meter <strong>{wordText(meter.meter)}</strong>
            {until > 0n && ` was read until ${clock.momentText(until)}`}
          </p>
          {chosenPeriod.fields(hasTried)}
          <div class="row">
            <Field
              label="Energy"
              unit="kWh"
              inputMode="decimal"
              value={energyText}
              onInput={setEnergy}
              problem={hasTried ? energyProblem : undefined}
              help={
                energyMwh !== undefined && priceUnits !== undefined
                  ? `All of it brings ${tokens(amountOf(energyMwh, priceUnits))}.${bondHelp(energyMwh, priceUnits, context)}`
                  : 'What you expect to have left in that period.'
              }
            />
            <Field
              label="Price for 150 Wh"
              unit="ENT"
              inputMode="decimal"
              value={priceText}
              onInput={setPrice}
              problem={hasTried ? problemOf(price) : undefined}
              help={`${priceUnits === undefined ? '1 ENT stands for 150 Wh.' : `That is ${pricePerKwh(priceUnits)} a kWh.`} The grid takes ${pricePerKwh(rules.gridPrice)}.`}
            />
          </div>
          <div class="row">
            <Choice label="Open for" value={acceptWithin} options={ACCEPT_WITHIN} onInput={setAcceptWithin} />
            <Choice
              label="Reading due within"
              value={settleWithin}
              options={SETTLE_WITHIN}
              onInput={setSettleWithin}
              help="Later, buyers get their tokens back."
            />
          </div>
          {hasTried && deadlineProblem !== undefined && (
            <p class="failed" role="alert">
              {deadlineProblem}
            </p>
          )}
        </>
      )}
    </ActionForm>
  );
}

function bondHelp(energyMwh: bigint, price: bigint, { rules }: TradeContext): string {
  const bond = rules.bonds ? bondOf(energyMwh, { price, gridPrice: rules.gridPrice }) : 0n;
  return bond === 0n ? '' : ` You put in a bond of ${tokens(bond)}.`;
}

type OfferToSign = Omit<Parameters<typeof offerEnergy>[1], 'tradeAddress'>;

async function offerPlan(offer: OfferToSign, context: TradeContext, acting: PageAccount): Promise<Plan> {
  const { clock, rules } = context;
  const { meter, energyMwh, price, gridPrice } = offer;
  const bond = rules.bonds ? bondOf(energyMwh, offer) : 0n;
  const [{ ratingMwh }, allowance] = await Promise.all([
    getMeter(client, { registryAddress, meter }),
    getAllowance(client, { tokenAddress, owner: acting.address, spender: tradeAddress }),
  ]);
  const approve: Step = {
    text: `Allow the trade contract to take the bond of exactly ${exactTokens(bond)}`,
    run: (signer, options) => approveTokens(signer, { tokenAddress, spender: tradeAddress, tokens: bond, ...options }),
  };
  const make: Step = {
    text: `Offer ${exactKwh(energyMwh)} at ${exactTokens(price)} for 150 Wh`,
    run: (signer, options) => offerEnergy(signer, { tradeAddress, ...offer, ...options }),
  };
  return {
    sentence: `${acting.name} offers ${exactKwh(energyMwh)} of meter ${wordText(meter)}, ${clock.periodText(offer.periodStart)}, for ${exactTokens(amountOf(energyMwh, price))} in all.`,
    terms: [
      { name: 'Price', value: `${exactTokens(price)} for 150 Wh` },
      { name: 'Grid price', value: `${exactTokens(gridPrice)} for 150 Wh` },
      { name: 'Bond', value: bond === 0n ? 'none' : exactTokens(bond) },
      { name: 'Open until', value: clock.blockText(offer.acceptUntil) },
      { name: 'Reading due by', value: clock.blockText(offer.settleBy) },
    ],
    doubts: doubtsOfOffer(offer, { ...doubtContext(context), ratingMwh }),
    notes: [
      `Neighbours can take all or part of it. You are paid for what your meter delivers.${bond === 0n ? '' : ' For what it does not deliver the bond pays the buyers what the grid takes beyond your price; the rest of it comes back to you.'}`,
    ],
    steps: bond > allowance ? [approve, make] : [make],
  };
}
