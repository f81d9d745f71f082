import { type CommunityMeter, doubtsOfReadings, getMeter, reportReadings } from '@wattchain/market';
import { useState } from 'preact/hooks';
import { names } from '../../api/community.js';
import { client, contracts } from '../../api/node.js';
import { Card, Empty } from '../../components/basics.js';
import { duration, shortAddress, wordText } from '../../format.js';
import { type PageAccount, publishedAccounts, usePublished } from '../../keys/session.js';
import { nameIn } from '../../model/names.js';
import { query } from '../../router.js';
import type { Plan } from '../wallet/act.js';
import { exactKwh } from '../wallet/amounts.js';
import { ActionForm, Choice, Field } from '../wallet/forms.js';
import { problemOf, readCounted, understood } from '../wallet/inputs.js';
import { usePeriod } from './periodFields.js';
import { doubtContext, type TradeContext } from './tradeContext.js';
import { readUntil, same } from './tradeModel.js';

const { registryAddress } = contracts;

/** `/trade/report`: what a meter counted in a period, by the account that reports for it. Readings settle trades. */
export function ReportForm(context: TradeContext) {
  const { meters, acting } = context;
  const own =
    acting === undefined ? [] : meters.filter(({ source, isDevice }) => !isDevice && same(source, acting.address));
  return (
    <Card title="Report a reading" wide>
      {own.length > 0 ? <Fields context={context} meters={own} /> : <NotTheReporter {...context} />}
    </Card>
  );
}

/** Who reports here, and on a testbed, whose keys everybody has, how to act as them. */
function NotTheReporter({ meters, acting }: TradeContext) {
  const reporters = [...new Set(meters.filter(({ isDevice }) => !isDevice).map(({ source }) => source))];
  const signing = meters.length > 0 && reporters.length === 0;
  const demos = publishedAccounts.value.filter(({ address }) => reporters.some((reporter) => same(reporter, address)));
  const whose = reporters.map((reporter) => nameIn(names.value, reporter)?.name ?? shortAddress(reporter)).join(', ');
  return (
    <>
      <Empty>
        {acting === undefined ? 'Choose an account first.' : `${acting.name} reports for no meter.`}
        {reporters.length > 0 && ` Readings come from ${whose}.`}
        {signing && ' The meters here sign their readings themselves, and gateways bring them.'}
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
function nextPeriod(meter: CommunityMeter, { market, rules, now }: TradeContext): bigint {
  const length = rules.resolutionSeconds;
  const until = readUntil(meter, length);
  const waiting = [...market.trades.filter(({ end }) => end === undefined), ...market.offers]
    .filter((each) => each.meter === meter.meter && each.periodStart >= until)
    .map(({ periodStart }) => periodStart);
  if (waiting.length > 0) return waiting.reduce((first, start) => (start < first ? start : first));
  const current = ((now + rules.marketTimeOffset) / length) * length;
  return until > 0n ? until : current - length;
}

function Fields({ context, meters }: { context: TradeContext; meters: readonly CommunityMeter[] }) {
  const { clock } = context;
  const [chosen, setChosen] = useState(query.value.get('meter') ?? '');
  const meter = meters.find((each) => wordText(each.meter) === chosen) ?? (meters[0] as CommunityMeter);
  const until = readUntil(meter, clock.periodSeconds);
  return (
    <>
      <Choice
        label="Meter"
        value={wordText(meter.meter)}
        options={meters.map((each) => ({ value: wordText(each.meter), text: wordText(each.meter) }))}
        onInput={setChosen}
        help={until > 0n ? `It was read until ${clock.momentText(until)}.` : 'It has not been read yet.'}
      />
      <Reading key={`${meter.meter} ${until}`} meter={meter} suggested={nextPeriod(meter, context)} context={context} />
    </>
  );
}

/** Why a period cannot be reported now, if so. */
function problemOfPeriod(periodStart: bigint, until: bigint, { clock, rules, now }: TradeContext): string | undefined {
  if (periodStart < until) {
    return `The meter was read until ${clock.momentText(until)}. A period before that comes in by a correction only.`;
  }
  const earliest = periodStart + clock.periodSeconds - rules.readingLeadSeconds;
  const marketTime = now + rules.marketTimeOffset;
  if (earliest <= marketTime) return undefined;
  return `It can be reported from ${clock.momentText(earliest)} on; market time is ${clock.momentText(marketTime)}.`;
}

function Reading(props: { meter: CommunityMeter; suggested: bigint; context: TradeContext }) {
  const { meter, suggested, context } = props;
  const { clock, rules } = context;
  // What is suggested first stays, although trades come and go meanwhile.
  const [first] = useState(suggested);
  const until = readUntil(meter, clock.periodSeconds);
  const chosen = usePeriod(clock, { suggested: first, problemOf: (start) => problemOfPeriod(start, until, context) });
  const [producedText, setProduced] = useState('');
  const [consumedText, setConsumed] = useState('');
  const [produced, consumed] = [readCounted(producedText), readCounted(consumedText)];
  const [producedMwh, consumedMwh] = [understood(produced), understood(consumed)];
  const meterName = wordText(meter.meter);
  const plan = async ({ name }: PageAccount): Promise<Plan | undefined> => {
    const { periodStart } = chosen;
    if (periodStart === undefined || producedMwh === undefined || consumedMwh === undefined) return undefined;
    const known = await getMeter(client, { registryAddress, meter: meter.meter });
    const reading = { meter: meter.meter, number: known.lastNumber + 1n, periodStart, producedMwh, consumedMwh };
    const period = clock.periodText(periodStart);
    return {
      sentence: `${name} reports that meter ${meterName} counted ${exactKwh(producedMwh)} produced and ${exactKwh(consumedMwh)} consumed, ${period}.`,
      doubts: doubtsOfReadings(
        [{ ...reading, meterName, where: '' }],
        new Map([[meterName, known]]),
        doubtContext(context),
      ),
      notes: [
        rules.correctionSeconds > 0n
          ? `It can be corrected for ${duration(rules.correctionSeconds)}, by its reporter together with a registrar; then it is final, and trades of the period are settled by it.`
          : 'It is final: trades of the period are settled by it. Nothing before its end can be reported any more, and comes in by a correction only.',
      ],
      steps: [
        {
          text: `Report meter ${meterName}, ${period}`,
          run: (signer, options) => reportReadings(signer, { registryAddress, readings: [reading], ...options }),
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
