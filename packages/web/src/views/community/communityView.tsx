import { type Community, communityAt } from '@wattchain/market';
import { clock, community, days, description, names } from '../../api/community.js';
import { ledger } from '../../api/ledger.js';
import { marketContract } from '../../api/localMarket.js';
import { Card, Empty, Skeleton } from '../../components/basics.js';
import { NoSuchPage } from '../../components/notFound.js';
import { count } from '../../format.js';
import { tradesInWords } from '../../model/communityWords.js';
import { dayOf } from '../../model/days.js';
import { nameIn } from '../../model/names.js';
import { below, choose, query } from '../../router.js';
import { FlowPicture } from './flowPicture.js';
import { LocalMarketView } from './localMarketView.js';
import { MeterCharts } from './meterChart.js';
import { hasPaperDay, PaperTable } from './paperTable.js';
import { Totals } from './totals.js';

/**
 * `/community`: who produces, who consumes, energy one way and tokens the other, of the day and hour that its address names
 * (`?day=2018-07-04&hour=14:00`, `hour=newest`); `/community/paper`: Table 2.
 */
export function CommunityView() {
  const { value } = ledger;
  const [page, ...more] = below('/community') ?? [];
  if (page === 'paper' && more.length === 0) return <PaperTable />;
  if (page !== undefined) return <NoSuchPage />;
  const market = marketContract.value;
  if (market !== undefined && value !== undefined) return <LocalMarketView {...market} />;
  if (value === undefined) {
    return (
      <>
        <h1>Your community</h1>
        <Card title="Who supplies whom" wide>
          <Skeleton lines={8} />
        </Card>
      </>
    );
  }
  return <CommunityDay community={community.value} isComplete={value.isComplete} />;
}

/** A period of a day as it is chosen: by its clock time, and by its offset too where the clock shows that time twice. */
const hourKey = (start: bigint, starts: readonly bigint[]) => {
  const { timeText } = clock.value;
  const same = starts.filter((other) => timeText(other) === timeText(start));
  return `${timeText(start)}${same.length > 1 && same[0] !== start ? ' again' : ''}`;
};

function CommunityDay({ community, isComplete }: { community: Community; isComplete: boolean }) {
  const { dayText, hoursText, sentence } = clock.value;
  const day = dayOf(days.value, query.value.get('day'));
  if (day === undefined) return <NothingYet hasMeters={community.meters.length > 0} isComplete={isComplete} />;
  const starts = days.value.get(day) ?? [];
  const today = communityAt(community, (start) => clock.value.day(start) === day);
  const wanted = query.value.get('hour') ?? '';
  const newest = starts.findLast((start) =>
    today.meters.some(({ readings }) => readings.some((reading) => reading.start === start)),
  );
  // "newest" follows the readings as they come, a chosen hour stays.
  const hour = wanted === 'newest' ? newest : starts.find((start) => hourKey(start, starts) === wanted);
  const shown = hour === undefined ? today : communityAt(today, (start) => start === hour);
  const dayName = dayText(starts[0] ?? 0n);

  return (
    <>
      <h1>{hour === undefined ? dayName : `${hoursText(hour)} on ${dayName}`}</h1>
      <p class="lead">
        {tradesInWords(shown.flows, (address) => nameIn(names.value, address))}{' '}
        <small>{isComplete ? readFrom(sentence) : 'Reading the history: the figures are not whole yet.'}</small>
      </p>
      <Card
        title="Who supplies whom"
        wide
        aside={
          <div class="choices">
            {days.value.size > 1 && (
              <select
                aria-label="day"
                value={day}
                onChange={(event) => choose({ day: event.currentTarget.value, hour: '' })}
              >
                {[...days.value].map(([each, [first]]) => (
                  <option key={each} value={each}>
                    {dayText(first ?? 0n)}
                  </option>
                ))}
              </select>
            )}
            <select
              aria-label="hour"
              value={hour === undefined ? '' : wanted}
              onChange={(event) => choose({ day, hour: event.currentTarget.value })}
            >
              <option value="">the whole day</option>
              {newest !== undefined && <option value="newest">the newest period</option>}
              {starts.map((start) => {
                const key = hourKey(start, starts);
                return (
                  <option key={key} value={key}>
                    {hoursText(start)}
                    {key.endsWith('again') && ', again'}
                  </option>
                );
              })}
            </select>
          </div>
        }
      >
        <FlowPicture community={shown} />
      </Card>
      {hour !== undefined && <Totals title={`${hoursText(hour)} on ${dayName}`} community={shown} />}
      <Totals title={`The day: ${dayName}`} community={today} />
      <TradedDay isPaperDay={hasPaperDay(today)} />
      <MeterCharts community={today} />
    </>
  );
}

/** By which clock, and from where on, where the history is longer than a page reads. */
function readFrom(sentence: string): string {
  const from = ledger.value?.fromBlock ?? 0;
  return from === 0 ? sentence : `${sentence} Read from block ${count(from)} on; what came before is not shown.`;
}

/** Which day a testbed trades, and where it stands beside the paper's. */
function TradedDay({ isPaperDay }: { isPaperDay: boolean }) {
  const { name } = description.value;
  if (name === undefined && !isPaperDay) return null;
  return (
    <p class="lead">
      {name !== undefined && `${name}. `}
      {isPaperDay && <a href="/community/paper">See this day beside the paper's Table 2, hour by hour</a>}
    </p>
  );
}

function NothingYet({ hasMeters, isComplete }: { hasMeters: boolean; isComplete: boolean }) {
  return (
    <>
      <h1>Your community</h1>
      <Card title="Who supplies whom" wide>
        <Empty>
          {!isComplete
            ? 'Reading the history …'
            : hasMeters
              ? 'No meter has reported yet. The picture appears with the first reading.'
              : 'No meter is registered yet. A registrar of the community does that with "wattchain meter register".'}
        </Empty>
      </Card>
      {description.value.name !== undefined && <p class="lead">{description.value.name}.</p>}
    </>
  );
}
