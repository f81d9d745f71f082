import {
  amountOf,
  DEFAULT_ACCEPT_WITHIN_SECONDS,
  DEFAULT_PRICE,
  DEFAULT_SETTLE_WITHIN_SECONDS,
  deadlinesOfOffer,
  doubtsOfOffer,
  formatTokens,
  getMeter,
  getResolution,
  offerEnergy,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import type { Hex } from 'viem';
import { status } from '../../api/live.js';
import { client, contracts } from '../../api/node.js';
import { Card, Empty } from '../../components/basics.js';
import { tokens, wordText } from '../../format.js';
import type { PageAccount } from '../../keys/session.js';
import type { MeterClock, Period } from '../../model/meterTime.js';
import { exactKwh, exactTokens, pricePerKwh } from '../wallet/amounts.js';
import type { Plan } from '../wallet/confirmPanel.js';
import { ActionForm, Choice, Field } from '../wallet/forms.js';
import { problemOf, readEnergy, readTokens, understood } from '../wallet/inputs.js';
import { usePeriod } from './periodFields.js';
import { type Market, type MeterRecord, same } from './tradeModel.js';

const { tradeAddress } = contracts;

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
const deadlineOf = (options: readonly { readonly value: string }[], seconds: bigint) =>
  options.find(({ value }) => value === seconds.toString())?.value ?? '';

interface OfferFormProps {
  readonly market: Market;
  readonly acting: PageAccount | undefined;
  readonly clock: MeterClock;
}

/** `/trade/offer`: energy of a period that the acting account's meter has not been read for. */
export function OfferForm({ market, acting, clock }: OfferFormProps) {
  const meters = acting === undefined ? [] : market.meters.filter(({ household }) => same(household, acting.address));
  return (
    <Card title="Offer energy" wide>
      {acting === undefined ? (
        <Empty>Choose an account first.</Empty>
      ) : meters.length === 0 ? (
        <Empty>
          No meter is registered for {acting.name}, so it has no energy to offer. A registrar of the community registers
          meters; buying needs none.
        </Empty>
      ) : (
        <Fields meters={meters} clock={clock} />
      )}
    </Card>
  );
}

/** The first period that can still be offered: after the last reading, or from now on where there is none. */
function firstPeriod({ readUntil, periodSeconds }: Pick<MeterRecord, 'readUntil' | 'periodSeconds'>): Period {
  const now = BigInt(Math.floor(Date.now() / 1000));
  const from = readUntil > 0n ? readUntil : now;
  return { periodStart: ((from + periodSeconds - 1n) / periodSeconds) * periodSeconds, periodSeconds };
}

/** Length of the periods that a meter is read by, where it was read before. */
async function resolutionOf(meter: Hex): Promise<bigint | undefined> {
  return getResolution(client, { tradeAddress, ...(await getMeter(client, { tradeAddress, meter })) });
}

function Fields({ meters, clock }: { meters: Market['meters']; clock: MeterClock }) {
  const [chosen, setChosen] = useState<string>(meters[0]?.meter ?? '');
  const meter = meters.find((each) => each.meter === chosen) ?? meters[0];
  const readUntil = meter?.readUntil ?? 0n;
  const chosenPeriod = usePeriod(clock, firstPeriod(meter ?? { readUntil, periodSeconds: 3600n }), readUntil);
  const [energyText, setEnergy] = useState('');
  const [priceText, setPrice] = useState(formatTokens(DEFAULT_PRICE));
  const [acceptWithin, setAcceptWithin] = useState(deadlineOf(ACCEPT_WITHIN, DEFAULT_ACCEPT_WITHIN_SECONDS));
  const [settleWithin, setSettleWithin] = useState(deadlineOf(SETTLE_WITHIN, DEFAULT_SETTLE_WITHIN_SECONDS));
  const energy = readEnergy(energyText);
  const price = readTokens(priceText);
  const deadlineProblem =
    BigInt(settleWithin) > BigInt(acceptWithin)
      ? undefined
      : 'The reading comes after the acceptances: give it more time.';

  const [energyMwh, priceUnits] = [understood(energy), understood(price)];
  const plan = async ({ name }: PageAccount): Promise<Plan | undefined> => {
    const now = status.peek()?.head.timestampMs;
    if (meter === undefined || energyMwh === undefined || priceUnits === undefined || now === undefined)
      return undefined;
    const { period } = chosenPeriod;
    if (period === undefined || deadlineProblem !== undefined) return undefined;
    const seconds = BigInt(Math.floor(now / 1000));
    const within = { acceptWithin: BigInt(acceptWithin), settleWithin: BigInt(settleWithin) };
    const deadlines = deadlinesOfOffer(seconds, period, within);
    const resolutionSeconds = await resolutionOf(meter.meter);
    const offer = { ...period, energyMwh, price: priceUnits, ...deadlines };
    const doubts = doubtsOfOffer(offer, { now: seconds, showTime: clock.momentText, resolutionSeconds });
    const spanOf = (options: readonly { value: string; text: string }[], value: string) =>
      options.find((option) => option.value === value)?.text ?? '';
    return {
      sentence: `${name} offers ${exactKwh(energyMwh)} of meter ${wordText(meter.meter as Hex)}, ${clock.periodText(period)}, for ${exactTokens(amountOf(energyMwh, priceUnits))} in all.`,
      doubts,
      notes: [
        `Neighbours can take all or part of it for ${spanOf(ACCEPT_WITHIN, acceptWithin)}. You are paid for what your meter delivers, when it is read within ${spanOf(SETTLE_WITHIN, settleWithin)} after the period, or from now where that is over.`,
      ],
      steps: [
        {
          text: `Offer ${exactKwh(energyMwh)} at ${exactTokens(priceUnits)} for 150 Wh`,
          run: (signer, options) =>
            offerEnergy(signer, {
              tradeAddress,
              meter: meter.meter,
              ...offer,
              ...options,
            }),
        },
      ],
    };
  };
  return (
    <ActionForm title="Offer energy" button="Review" plan={plan} onSent={() => setEnergy('')}>
      {(hasTried) => (
        <>
          {meters.length > 1 && (
            <Choice
              label="Meter"
              value={meter?.meter ?? ''}
              options={meters.map((each) => ({ value: each.meter, text: wordText(each.meter) }))}
              onInput={setChosen}
            />
          )}
          <p>
            Meter <strong>{wordText(meter?.meter ?? '0x')}</strong>
            {readUntil > 0n && ` was read until ${clock.momentText(readUntil)}`}
          </p>
          {chosenPeriod.fields(hasTried)}
          <div class="row">
            <Field
              label="Energy"
              unit="kWh"
              inputMode="decimal"
              value={energyText}
              onInput={setEnergy}
              problem={hasTried ? problemOf(energy) : undefined}
              help={
                energyMwh !== undefined && priceUnits !== undefined
                  ? `All of it brings ${tokens(amountOf(energyMwh, priceUnits))}.`
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
              help={priceUnits === undefined ? '1 ENT stands for 150 Wh.' : `That is ${pricePerKwh(priceUnits)} a kWh.`}
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
