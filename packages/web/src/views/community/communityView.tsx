import { useState } from 'preact/hooks';
import { clock, community, names } from '../../api/community.js';
import { ledger } from '../../api/ledger.js';
import { genesis } from '../../api/live.js';
import { Card, Empty, Figure, Skeleton } from '../../components/basics.js';
import { NoSuchPage } from '../../components/notFound.js';
import { kwh, tokens } from '../../format.js';
import {
  type Community,
  communityAt,
  type Flow,
  type Household,
  newestPeriod,
  totalsOf,
} from '../../model/community.js';
import { tradesInWords } from '../../model/communityWords.js';
import { nameIn } from '../../model/names.js';
import { below } from '../../router.js';
import { FlowPicture } from './flowPicture.js';
import { HouseholdChart } from './householdChart.js';
import { PaperTable } from './paperTable.js';

/** Up to so many households have a chart each; of more, one is chosen. */
const MAX_CHARTS = 4;

/** `/community`: who produces, who consumes, energy one way and tokens the other; `/community/paper`: Table 2. */
export function CommunityView() {
  const { value } = ledger;
  const [page, ...more] = below('/community') ?? [];
  if (page === 'paper' && more.length === 0) return <PaperTable />;
  if (page !== undefined) return <NoSuchPage />;
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

function CommunityDay({ community, isComplete }: { community: Community; isComplete: boolean }) {
  const { day: dayOf, dayText, timeText } = clock.value;
  const [chosenDay, setDay] = useState<string>();
  const [chosenHour, setHour] = useState('day');
  const starts = new Map<string, bigint>();
  for (const { periods } of community.households) for (const { start } of periods) starts.set(dayOf(start), start);
  const days = [...starts.keys()].sort();
  const day = chosenDay !== undefined && starts.has(chosenDay) ? chosenDay : days.at(-1);
  if (day === undefined) return <NothingYet hasMeters={community.households.length > 0} isComplete={isComplete} />;

  const today = communityAt(community, (start) => dayOf(start) === day);
  const hours = [...new Set(today.households.flatMap(({ periods }) => periods.map(({ start }) => start)))].sort(
    (a, b) => (a < b ? -1 : 1),
  );
  const newest = newestPeriod(today);
  // "newest" follows the readings as they come, a chosen hour stays.
  const hour = chosenHour === 'newest' ? newest?.start : hours.find((start) => start.toString() === chosenHour);
  const shown = hour === undefined ? today : communityAt(today, (start) => start === hour);
  const nameOf = (address: Household['owner']) => nameIn(names.value, address);
  const dayName = dayText(starts.get(day) ?? 0n);

  return (
    <>
      <h1>{hour === undefined ? dayName : `${timeText(hour)} on ${dayName}`}</h1>
      <p class="lead">{tradesInWords(shown.flows, nameOf)}</p>
      <Card
        title="Who supplies whom"
        wide
        aside={
          <div class="choices">
            {days.length > 1 && (
              <select aria-label="day" value={day} onChange={(event) => setDay(event.currentTarget.value)}>
                {days.map((each) => (
                  <option key={each} value={each}>
                    {dayText(starts.get(each) ?? 0n)}
                  </option>
                ))}
              </select>
            )}
            <select aria-label="hour" value={chosenHour} onChange={(event) => setHour(event.currentTarget.value)}>
              <option value="day">the whole day</option>
              <option value="newest">the newest hour</option>
              {hours.map((start) => (
                <option key={start.toString()} value={start.toString()}>
                  {timeText(start)}
                </option>
              ))}
            </select>
          </div>
        }
      >
        <FlowPicture {...shown} />
      </Card>
      {newest !== undefined && (
        <Totals
          title={`Newest reading: ${timeText(newest.start)} to ${timeText(newest.start + newest.seconds)}`}
          {...communityAt(today, (start) => start === newest.start)}
        />
      )}
      <Totals title={`The day: ${dayName}`} {...today} />
      {genesis.value?.genesis.testbed === true && (
        <p class="lead">
          The testbed trades the day of the paper.{' '}
          <a href="/community/paper">See it beside the paper's Table 2, hour by hour</a>
        </p>
      )}
      <Charts households={today.households} />
    </>
  );
}

function Charts({ households }: { households: readonly Household[] }) {
  const [chosen, setChosen] = useState<string>();
  if (households.length <= MAX_CHARTS) {
    return (
      <>
        {households.map((household, index) => (
          <div
            key={household.meter}
            class={
              households.length === 3
                ? 'third'
                : index === households.length - 1 && index % 2 === 0
                  ? 'wide'
                  : undefined
            }
          >
            <HouseholdChart household={household} />
          </div>
        ))}
      </>
    );
  }
  const own = households.find(({ owner }) => nameIn(names.value, owner)?.kind === 'you');
  const shown = households.find(({ meter }) => meter === chosen) ?? own ?? households[0];
  return (
    <>
      <div class="field wide">
        <label for="household">Household by hour</label>
        <select id="household" value={shown?.meter ?? ''} onChange={(event) => setChosen(event.currentTarget.value)}>
          {households.map(({ meter, owner }) => (
            <option key={meter} value={meter}>
              {nameIn(names.value, owner)?.name ?? meter}
            </option>
          ))}
        </select>
      </div>
      {shown && (
        <div class="wide">
          <HouseholdChart household={shown} />
        </div>
      )}
    </>
  );
}

function Totals({ title, households, flows }: Community & { title: string; flows: readonly Flow[] }) {
  const periods = households.flatMap((household) => household.periods);
  const total = totalsOf(periods);
  const paid = flows.reduce((sum, flow) => sum + flow.paid, 0n);
  const own = periods.reduce((sum, { producedMwh: p, consumedMwh: c }) => sum + (p < c ? p : c), 0n);
  const share = total.consumedMwh === 0n ? undefined : Number(((own + total.soldMwh) * 1000n) / total.consumedMwh) / 10;
  return (
    <Card title={title} wide>
      <div class="figures">
        <Figure value={<span class="energy">{kwh(total.producedMwh)}</span>} label="produced" />
        <Figure value={<span class="consumption">{kwh(total.consumedMwh)}</span>} label="consumed" />
        <Figure value={<span class="energy">{kwh(total.soldMwh)}</span>} label="between neighbours" />
        <Figure value={<span class="token">{tokens(paid)}</span>} label="paid for it" />
        <Figure
          value={share === undefined ? '–' : `${share.toFixed(1)} %`}
          label="local share"
          note="own sun and the neighbours'"
        />
      </div>
    </Card>
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
    </>
  );
}
