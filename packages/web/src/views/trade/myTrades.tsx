import { getTrade, refundTrade, settleTrades, type Trade, type TradeState } from '@wattchain/market';
import { useState } from 'preact/hooks';
import { names, reader } from '../../api/community.js';
import { status } from '../../api/live.js';
import { client, contracts } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Energy } from '../../components/amounts.js';
import { Card, Confirmations, Empty } from '../../components/basics.js';
import { CorrectionList } from '../../components/corrections.js';
import { Who } from '../../components/ids.js';
import { shortAddress, tokens, wordText } from '../../format.js';
import { accounts, publishedAccounts } from '../../keys/session.js';
import { nameIn } from '../../model/names.js';
import { exactTokens, pricePerKwh } from '../wallet/amounts.js';
import { ActionButton } from '../wallet/forms.js';
import { MyOffers } from './myOffers.js';
import type { TradeContext } from './tradeContext.js';
import { same, summaryOf, type TradeRecord } from './tradeModel.js';
import { reasonOf, STATE_TAGS, summaryWords } from './tradeWords.js';

const { tradeAddress } = contracts;
const ROWS = 10;

/** `/trade/mine`: what the acting account sold and bought, and where each trade stands. */
export function MyTrades(context: TradeContext) {
  const { market, acting, isComplete } = context;
  if (acting === undefined) {
    return (
      <Card title="My trades" wide>
        <Empty>Choose an account first.</Empty>
      </Card>
    );
  }
  const isMine = (address: `0x${string}`) => same(address, acting.address);
  const trades = market.trades.filter(({ seller, buyer }) => isMine(seller) || isMine(buyer));
  const offers = market.offers.filter(({ seller, state }) => isMine(seller) && state !== 'soldOut');
  const closed = trades.filter(({ end }) => end !== undefined);
  const running = trades.filter(({ end }) => end === undefined);
  return (
    <>
      <p class="lead">{summaryWords(summaryOf(trades, acting.address))}</p>
      <Card title="Running" wide>
        {running.length === 0 ? (
          <Empty>{isComplete ? 'No trade is waiting for anything.' : 'Reading the history …'}</Empty>
        ) : (
          <Trades trades={running} context={context} />
        )}
      </Card>
      <Card title="Closed" wide>
        {closed.length === 0 ? (
          <Empty>
            {isComplete ? (
              <>
                None yet. <a href="/trade">See what is on offer</a>
              </>
            ) : (
              'Reading the history …'
            )}
          </Empty>
        ) : (
          <Trades trades={closed} context={context} />
        )}
      </Card>
      {offers.length > 0 && <MyOffers offers={offers} context={context} />}
    </>
  );
}

/** The newest of some trades; where those stand that are shown is read from the contract. */
function Trades({ trades, context }: { trades: readonly TradeRecord[]; context: TradeContext }) {
  const [rows, setRows] = useState(ROWS);
  const shown = trades.slice(0, rows);
  const ids = shown.map(({ tradeId }) => tradeId);
  const loaded = useLive(
    async () => Promise.all(ids.map((tradeId) => getTrade(client, { tradeAddress, tradeId }))),
    ids,
  );
  const known = new Map(
    loaded.state === 'loaded' ? loaded.value.map((trade): [bigint, Trade] => [trade.tradeId, trade]) : [],
  );
  return (
    <>
      {loaded.state === 'failed' && (
        <p class="failed" role="alert">
          {loaded.message}
        </p>
      )}
      <ul class="rows">
        {shown.map((record) => {
          const trade = known.get(record.tradeId);
          return (
            <li key={record.tradeId.toString()}>
              <TradeText record={record} trade={trade} context={context} />
              {trade !== undefined && <TradeAction record={record} state={trade.state} context={context} />}
            </li>
          );
        })}
      </ul>
      {trades.length > rows && (
        <div class="actions">
          <button type="button" onClick={() => setRows(rows + 3 * ROWS)}>
            Show older ({trades.length - rows} more)
          </button>
        </div>
      )}
    </>
  );
}

interface TradeTextProps {
  readonly record: TradeRecord;
  /** `undefined` until the contract has answered. */
  readonly trade: Trade | undefined;
  readonly context: TradeContext;
}

function TradeText({ record, trade, context: { acting, clock } }: TradeTextProps) {
  const isSale = acting !== undefined && same(record.seller, acting.address);
  const state = trade?.state ?? record.end?.state;
  const { head, confirmations: needed } = status.value ?? {};
  const done = head === undefined ? 0 : Math.max(0, head.height - Number(record.blockNumber) + 1);
  return (
    <>
      <div class="row-main">
        <span>
          {isSale ? 'Sale of ' : 'Purchase of '}
          <strong class="energy">
            <Energy mwh={record.energyMwh} />
          </strong>
          {isSale ? ' to ' : ' from '}
          <Who address={isSale ? record.buyer : record.seller} />
        </span>
        <span>
          {state !== undefined && <span class={STATE_TAGS[state].tag}>{STATE_TAGS[state].text}</span>}{' '}
          {needed !== undefined && done < needed && <Confirmations done={done} needed={needed} />}
        </span>
      </div>
      <p class="note">{trade === undefined ? 'Asking the node where it stands …' : reasonOf(trade, reader.value)}</p>
      <small>
        Trade {record.tradeId.toString()}, {clock.periodText(record.periodStart)}, {tokens(record.price)} for 150 Wh (
        {pricePerKwh(record.price)} a kWh)
      </small>
      {record.reading !== undefined && <CorrectionList corrections={record.reading.corrections} />}
    </>
  );
}

interface TradeActionProps {
  readonly record: TradeRecord;
  readonly state: TradeState;
  readonly context: TradeContext;
}

function TradeAction({ record, state, context }: TradeActionProps) {
  const { tradeId } = record;
  if (state === 'awaitingReading') return <HowToReport record={record} context={context} />;
  if (state === 'readyToSettle') {
    return (
      <ActionButton
        label={`Settle trade ${tradeId}`}
        text="Settle"
        plan={async () => ({
          sentence: `Trade ${tradeId} of ${context.clock.periodText(record.periodStart)} is paid out by what was read. Anyone may do that, and it changes nothing for other trades.`,
          steps: [
            {
              text: `Settle trade ${tradeId}`,
              run: (signer, options) => settleTrades(signer, { tradeAddress, tradeIds: [tradeId], ...options }),
            },
          ],
        })}
      />
    );
  }
  if (state !== 'refundable') return null;
  const buyer = nameIn(names.value, record.buyer)?.name ?? shortAddress(record.buyer);
  return (
    <ActionButton
      label={`Refund trade ${tradeId}`}
      text="Refund"
      plan={async () => ({
        sentence: `${exactTokens(record.escrow)} go back from escrow to the buyer, ${buyer}, and the seller's bond, where there is one, pays as if nothing had been delivered. Anyone may do that.`,
        steps: [
          {
            text: `Refund trade ${tradeId}`,
            run: (signer, options) => refundTrade(signer, { tradeAddress, tradeId, ...options }),
          },
        ],
      })}
    />
  );
}

/** How the reading comes: reported here, when this browser has that account, else by a command; or signed by the meter. */
function HowToReport({ record, context }: { record: TradeRecord; context: TradeContext }) {
  const { periodStart } = record;
  // Where the seller's reading is there, the buyer's is waited for.
  const awaited = record.reading === undefined ? record.meter : record.buyerMeter;
  const meter = context.meters.find((each) => each.meter === awaited);
  if (meter === undefined) return null;
  const name = wordText(meter.meter);
  if (meter.isDevice) return <p class="note">Meter {name} signs its readings; its gateway brings them.</p>;
  const here = [...accounts.value, ...publishedAccounts.value].some(({ address }) => same(address, meter.source));
  const who = nameIn(names.value, meter.source)?.name ?? shortAddress(meter.source);
  return (
    <p class="note">
      {here ? (
        <>
          {who} reports it <a href={`/trade/report?meter=${encodeURIComponent(name)}`}>on this page</a>, or by a
          command:
        </>
      ) : (
        <>Whoever has the key of {who} reports it by a command:</>
      )}{' '}
      <code title={context.clock.periodText(periodStart)}>
        wattchain meter report --meter {name} --start {periodStart.toString()} --produced … --consumed …
      </code>
    </p>
  );
}
