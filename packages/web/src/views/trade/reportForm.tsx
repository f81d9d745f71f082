import { doubtsOfReadings, getMeter, getResolution, reportReadings } from '@wattchain/market';
import { useState } from 'preact/hooks';
import { names } from '../../api/community.js';
import { status } from '../../api/live.js';
import { client, contracts } from '../../api/node.js';
import { Card, Empty } from '../../components/basics.js';
import { shortAddress, wordText } from '../../format.js';
import { type PageAccount, publishedAccounts, usePublished } from '../../keys/session.js';
import type { MeterClock, Period } from '../../model/meterTime.js';
import { nameIn } from '../../model/names.js';
import { query } from '../../router.js';
import { exactKwh } from '../wallet/amounts.js';
import type { Plan } from '../wallet/confirmPanel.js';
import { ActionForm, Choice, Field } from '../wallet/forms.js';
import { problemOf, readCounted, understood } from '../wallet/inputs.js';
import { usePeriod } from './periodFields.js';
import { type Market, type MeterRecord, same } from './tradeModel.js';

const { tradeAddress } = contracts;

interface ReportFormProps {
  readonly market: Market;
  readonly acting: PageAccount | undefined;
  readonly clock: MeterClock;
}

/** `/trade/report`: what a meter counted in a period, by the account that reports for it. Readings settle trades. */
export function ReportForm({ market, acting, clock }: ReportFormProps) {
  const own = acting === undefined ? [] : market.meters.filter(({ reporter }) => same(reporter, acting.address));
  return (
    <Card title="Report a reading" wide>
      {own.length > 0 ? (
        <Fields market={market} meters={own} clock={clock} />
      ) : (
        <NotTheReporter market={market} acting={acting} />
      )}
    </Card>
  );
}

/** Who reports here, and on a testbed, whose keys everybody has, how to act as them. */
function NotTheReporter({ market, acting }: { market: Market; acting: PageAccount | undefined }) {
  const reporters = [...new Set(market.meters.map(({ reporter }) => reporter))];
  const demos = publishedAccounts.value.filter(({ address }) => reporters.some((reporter) => same(reporter, address)));
  const whose = reporters.map((reporter) => nameIn(names.value, reporter)?.name ?? shortAddress(reporter)).join(', ');
  return (
    <>
      <Empty>
        {acting === undefined ? 'Choose an account first.' : `${acting.name} reports for no meter.`}
        {reporters.length > 0 && ` Readings come from ${whose}.`}
      </Empty>
      {demos.length > 0 && (
        <div class="actions">
          {demos.map((demo) => (
            <button key={demo.address} type="button" onClick={() => usePublished(demo)}>
              Act as {demo.name}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

/** The period that a meter is to be read for next: the oldest that a trade waits for, else the one after the last reading. */
function nextPeriod({ meter, readUntil, periodSeconds }: MeterRecord, { trades, offers }: Market): Period {
  const waiting = [...trades.filter(({ state }) => state === 'awaitingReading'), ...offers]
    .filter((each) => each.meter === meter && each.periodStart >= readUntil)
    .sort((a, b) => (a.periodStart < b.periodStart ? -1 : 1));
  const now = BigInt(Math.floor(Date.now() / 1000));
  const [first] = waiting;
  if (first !== undefined) return { periodStart: first.periodStart, periodSeconds: first.periodSeconds };
  const start = readUntil > 0n ? readUntil : (now / periodSeconds - 1n) * periodSeconds;
  return { periodStart: start, periodSeconds };
}

function Fields(props: { market: Market; meters: readonly MeterRecord[]; clock: MeterClock }) {
  const { market, meters, clock } = props;
  const [chosen, setChosen] = useState(query.value.get('meter') ?? '');
  const meter = meters.find((each) => wordText(each.meter) === chosen) ?? (meters[0] as MeterRecord);
  return (
    <>
      <Choice
        label="Meter"
        value={wordText(meter.meter)}
        options={meters.map((each) => ({ value: wordText(each.meter), text: wordText(each.meter) }))}
        onInput={setChosen}
        help={
          meter.readUntil > 0n ? `It was read until ${clock.momentText(meter.readUntil)}.` : 'It has not been read yet.'
        }
      />
      <Reading
        key={`${meter.meter} ${meter.readUntil}`}
        meter={meter}
        suggested={nextPeriod(meter, market)}
        clock={clock}
      />
    </>
  );
}

function Reading(props: { meter: MeterRecord; suggested: Period; clock: MeterClock }) {
  const {
    meter: { meter, readUntil },
    suggested,
    clock,
  } = props;
  // What is suggested first stays, although trades come and go meanwhile.
  const [first] = useState(suggested);
  const chosen = usePeriod(clock, first, readUntil);
  const [producedText, setProduced] = useState('');
  const [consumedText, setConsumed] = useState('');
  const [produced, consumed] = [readCounted(producedText), readCounted(consumedText)];
  const [producedMwh, consumedMwh] = [understood(produced), understood(consumed)];
  const plan = async ({ name }: PageAccount): Promise<Plan | undefined> => {
    const { period } = chosen;
    if (period === undefined || producedMwh === undefined || consumedMwh === undefined) return undefined;
    const now = status.peek()?.head.timestampMs;
    if (now === undefined) return undefined;
    const known = await getMeter(client, { tradeAddress, meter });
    const reading = { meter, number: known.lastNumber + 1n, ...period, producedMwh, consumedMwh };
    const meterName = wordText(meter);
    const doubts = doubtsOfReadings(
      [{ ...reading, meterName, where: '' }],
      new Map([[meterName, { ...known, resolutionSeconds: await getResolution(client, { tradeAddress, ...known }) }]]),
      { now: BigInt(Math.floor(now / 1000)), showTime: clock.momentText },
    );
    return {
      sentence: `${name} reports that meter ${wordText(meter)} counted ${exactKwh(producedMwh)} produced and ${exactKwh(consumedMwh)} consumed, ${clock.periodText(period)}.`,
      doubts,
      notes: [
        'A reading cannot be changed, and nothing before its end can be reported any more. Trades of the period can be settled by it.',
      ],
      steps: [
        {
          text: `Report meter ${wordText(meter)}, ${clock.periodText(period)}`,
          run: (signer, options) => reportReadings(signer, { tradeAddress, readings: [reading], ...options }),
        },
      ],
    };
  };
  return (
    <ActionForm title="Report a reading" button="Review" plan={plan}>
      {(hasTried) => (
        <>
          {chosen.fields(hasTried)}
          <div class="row">
            <Field
              label="Produced"
              unit="kWh"
              inputMode="decimal"
              value={producedText}
              onInput={setProduced}
              problem={hasTried ? problemOf(produced) : undefined}
            />
            <Field
              label="Consumed"
              unit="kWh"
              inputMode="decimal"
              value={consumedText}
              onInput={setConsumed}
              problem={hasTried ? problemOf(consumed) : undefined}
            />
          </div>
        </>
      )}
    </ActionForm>
  );
}
