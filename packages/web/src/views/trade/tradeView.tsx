import { clock } from '../../api/community.js';
import { ledger } from '../../api/ledger.js';
import { status } from '../../api/live.js';
import { isForReading } from '../../api/node.js';
import { Card, Skeleton } from '../../components/basics.js';
import { NoSuchPage } from '../../components/notFound.js';
import { account } from '../../keys/session.js';
import { below, path } from '../../router.js';
import { AccountBar } from '../wallet/accountBar.js';
import { SubNav } from '../wallet/subNav.js';
import { MyTrades } from './myTrades.js';
import { OfferForm } from './offerForm.js';
import { Offers } from './offers.js';
import { ReportForm } from './reportForm.js';
import { marketOf } from './tradeModel.js';

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
  const now = status.value?.head.timestampMs;
  if (!PAGES.some((each) => each.path === path.value)) return <NoSuchPage />;
  return (
    <>
      <h1>Trade</h1>
      <SubNav label="trade" pages={PAGES} />
      {!isForReading && <AccountBar />}
      {events === undefined || now === undefined ? (
        <Card title="Reading the market" wide>
          <Skeleton lines={6} />
        </Card>
      ) : (
        <Page
          page={page}
          market={marketOf(events, BigInt(Math.floor(now / 1000)))}
          isComplete={ledger.value?.isComplete === true}
        />
      )}
    </>
  );
}

function Page(props: { page: string | undefined; market: ReturnType<typeof marketOf>; isComplete: boolean }) {
  const { page, market, isComplete } = props;
  const acting = account.value;
  const shared = { key: acting?.address, market, acting, clock: clock.value };
  if (page === 'offer') return <OfferForm {...shared} />;
  if (page === 'report') return <ReportForm {...shared} />;
  if (page === 'mine') return <MyTrades {...shared} isComplete={isComplete} />;
  return <Offers market={market} acting={acting} clock={clock.value} isComplete={isComplete} />;
}
