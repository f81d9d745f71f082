import { getTradeRules } from '@wattchain/market';
import { clock, community } from '../../api/community.js';
import { ledger } from '../../api/ledger.js';
import { registryRules, status } from '../../api/live.js';
import { client, contracts, isForReading } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Card, Skeleton } from '../../components/basics.js';
import { NoSuchPage } from '../../components/notFound.js';
import { account } from '../../keys/session.js';
import { below, path } from '../../router.js';
import { AccountBar } from '../wallet/accountBar.js';
import { SubNav } from '../wallet/subNav.js';
import { GridPrice } from './gridPrice.js';
import { MyTrades } from './myTrades.js';
import { OfferForm } from './offerForm.js';
import { Offers } from './offers.js';
import { ReportForm } from './reportForm.js';
import { Sources } from './sources.js';
import type { TradeContext } from './tradeContext.js';
import { marketOf } from './tradeModel.js';

const { tradeAddress } = contracts;

const PAGES = [
  { path: '/trade', name: 'Open offers' },
  ...(isForReading
    ? []
    : [
        { path: '/trade/offer', name: 'Offer energy' },
        { path: '/trade/mine', name: 'My trades' },
        { path: '/trade/report', name: 'Report' },
      ]),
];

/** `/trade`: what is on offer; below it offering energy, one's own trades with the readings behind them, and reporting readings. */
export function TradeView() {
  const page = below('/trade')?.[0];
  const events = ledger.value?.events;
  const nowMs = status.value?.head.timestampMs;
  const rules = useLive(() => getTradeRules(client, { tradeAddress }), []);
  if (!PAGES.some((each) => each.path === path.value)) return <NoSuchPage />;
  const shown =
    events === undefined || nowMs === undefined || rules.state === 'loading' ? (
      <Card title="Reading the market" wide>
        <Skeleton lines={6} />
      </Card>
    ) : rules.state === 'failed' ? (
      <p class="failed wide" role="alert">
        {rules.message}
      </p>
    ) : (
      <Page page={page} context={contextOf(events, BigInt(Math.floor(nowMs / 1000)), rules.value)} />
    );
  return (
    <>
      <h1>Trade</h1>
      <SubNav label="trade" pages={PAGES} />
      {!isForReading && <AccountBar />}
      {shown}
    </>
  );
}

type Known = NonNullable<typeof ledger.value>['events'];

function contextOf(events: Known, now: bigint, rules: Awaited<ReturnType<typeof getTradeRules>>): TradeContext {
  const { meters } = community.value;
  return {
    market: marketOf(events, meters, now),
    meters,
    rules: { ...rules, ...registryRules.value },
    acting: account.value,
    clock: clock.value,
    now,
    isComplete: ledger.value?.isComplete === true,
  };
}

function Page({ page, context }: { page: string | undefined; context: TradeContext }) {
  const key = context.acting?.address;
  if (page === 'offer') return <OfferForm key={key} {...context} />;
  if (page === 'report') {
    return (
      <>
        <ReportForm key={key} {...context} />
        <Sources key={context.acting?.address} {...context} />
      </>
    );
  }
  if (page === 'mine') return <MyTrades key={key} {...context} />;
  return (
    <>
      <MarketTime {...context} />
      <Offers {...context} />
      <GridPrice {...context} />
    </>
  );
}

/** Periods are compared with it; it is another time than that of the blocks where a day is played. */
function MarketTime({ clock: { momentText }, now, rules }: TradeContext) {
  return (
    <p class="lead">
      Market time is <strong>{momentText(now + rules.marketTimeOffset)}</strong>, as of the newest block.
    </p>
  );
}
