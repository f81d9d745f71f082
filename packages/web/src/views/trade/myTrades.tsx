import { refundTrade, settlePeriod, type TradeState } from '@wattchain/market';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Address } from 'viem';
import { names } from '../../api/community.js';
import { status } from '../../api/live.js';
import { contracts } from '../../api/node.js';
import { Energy } from '../../components/amounts.js';
import { Card, Confirmations, Empty } from '../../components/basics.js';
import { Who } from '../../components/ids.js';
import { kwh, shortAddress, tokens, wordText } from '../../format.js';
import { accounts, type PageAccount, publishedAccounts } from '../../keys/session.js';
import type { MeterClock } from '../../model/meterTime.js';
import { nameIn } from '../../model/names.js';
import { exactTokens, pricePerKwh } from '../wallet/amounts.js';
import { ActionButton } from '../wallet/forms.js';
import { type Market, type OfferRecord, same, summaryOf, type TradeRecord } from './tradeModel.js';
import { stateWords, summaryWords } from './tradeWords.js';

const { tradeAddress } = contracts;
/** Trades that one settlement does at most, so that it fits a block. */
const MAX_TRADES_A_SETTLEMENT = 50n;
const ROWS = 10;

interface MyTradesProps {
  readonly market: Market;
  readonly acting: PageAccount | undefined;
  readonly clock: MeterClock;
  readonly isComplete: boolean;
}

/** `/trade/mine`: what the acting account sold and bought, and where each trade stands. */
export function MyTrades({ market, acting, clock, isComplete }: MyTradesProps) {
  const [rows, setRows] = useState(ROWS);
  // A row stays where it is while its panel is open, whatever blocks bring, so that the person reads to the end what was sent.
  const [open, setOpen] = useState<ReadonlyMap<bigint, TradeState>>(new Map());
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
  const isClosed = ({ state }: TradeRecord) => state === 'settled' || state === 'short' || state === 'refunded';
  const closed = trades.filter((trade) => isClosed(trade) && !open.has(trade.tradeId));
  const running = trades.filter((trade) => !closed.includes(trade));
  const show = ({ tradeId, state }: TradeRecord, isShown: boolean) => {
    const now = new Map(open);
    if (isShown) now.set(tradeId, state);
    else now.delete(tradeId);
    setOpen(now);
  };
  return (
    <>
      <p class="lead">{summaryWords(summaryOf(trades, acting.address))}</p>
      <Card title="Running" wide>
        {running.length === 0 ? (
          <Empty>{isComplete ? 'No trade is waiting for anything.' : 'Reading the history …'}</Empty>
        ) : (
          <Trades trades={running} acting={acting} clock={clock} open={open} onShown={show} />
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
          <Trades trades={closed.slice(0, rows)} acting={acting} clock={clock} open={open} onShown={show} />
        )}
        {closed.length > rows && (
          <div class="actions">
            <button type="button" onClick={() => setRows(rows + 3 * ROWS)}>
              Show older ({closed.length - rows} more)
            </button>
          </div>
        )}
      </Card>
      {offers.length > 0 && <MyOffers offers={offers} clock={clock} />}
    </>
  );
}

const TAGS: Readonly<Record<TradeState, string>> = {
  none: 'tag',
  awaitingReading: 'tag waiting',
  readyToSettle: 'tag waiting',
  refundable: 'tag bad',
  settled: 'tag good',
  short: 'tag bad',
  refunded: 'tag',
};

interface TradesProps {
  readonly trades: readonly TradeRecord[];
  readonly acting: PageAccount;
  readonly clock: MeterClock;
  /** Trades whose panel is open, with the state in which it was opened. */
  readonly open: ReadonlyMap<bigint, TradeState>;
  readonly onShown: (trade: TradeRecord, isShown: boolean) => void;
}

function Trades({ trades, acting, clock, open, onShown }: TradesProps) {
  return (
    <ul class="rows">
      {trades.map((trade) => (
        <TradeRow key={trade.tradeId.toString()} trade={trade} acting={acting} clock={clock}>
          <TradeAction
            trade={trade}
            state={open.get(trade.tradeId) ?? trade.state}
            clock={clock}
            onShown={(isShown) => onShown(trade, isShown)}
          />
        </TradeRow>
      ))}
    </ul>
  );
}

interface TradeRowProps {
  readonly trade: TradeRecord;
  readonly acting: PageAccount;
  readonly clock: MeterClock;
  /** What can be done about it. */
  readonly children: ComponentChildren;
}

function TradeRow({ trade, acting, clock, children }: TradeRowProps) {
  const isSale = same(trade.seller, acting.address);
  const nameOf = (address: Address) => nameIn(names.value, address)?.name ?? shortAddress(address);
  const words = stateWords(trade, clock, nameOf);
  const { head, confirmations: needed } = status.value ?? {};
  const done = head === undefined ? 0 : Math.max(0, head.height - Number(trade.blockNumber) + 1);
  return (
    <li>
      <div class="row-main">
        <span>
          {isSale ? 'Sale of ' : 'Purchase of '}
          <strong class="energy">
            <Energy mwh={trade.energyMwh} />
          </strong>
          {isSale ? ' to ' : ' from '}
          <Who address={isSale ? trade.buyer : trade.seller} />
        </span>
        <span>
          <span class={TAGS[trade.state]}>{words.state}</span>{' '}
          {needed !== undefined && done < needed && <Confirmations done={done} needed={needed} />}
        </span>
      </div>
      <p class="note">{words.sentence}</p>
      <small>
        Trade {trade.tradeId.toString()}, {clock.periodText(trade)}, {tokens(trade.price)} for 150 Wh (
        {pricePerKwh(trade.price)} a kWh)
        {trade.reading !== undefined && (
          <>
            ; meter {wordText(trade.meter)} counted <Energy mwh={trade.reading.producedMwh} /> produced and{' '}
            <Energy mwh={trade.reading.consumedMwh} /> consumed
          </>
        )}
      </small>
      {children}
    </li>
  );
}

interface TradeActionProps {
  readonly trade: TradeRecord;
  readonly state: TradeState;
  readonly clock: MeterClock;
  readonly onShown: (isShown: boolean) => void;
}

function TradeAction({ trade, state, clock, onShown }: TradeActionProps) {
  const { tradeId, meter, periodStart, periodSeconds } = trade;
  if (state === 'awaitingReading') return <HowToReport trade={trade} clock={clock} />;
  if (state === 'readyToSettle') {
    return (
      <ActionButton
        label={`Settle trade ${tradeId}`}
        text="Settle"
        onShown={onShown}
        plan={async () => ({
          sentence: `All trades of meter ${wordText(meter)} for ${clock.periodText(trade)} are paid out by its reading, in the order in which they were made. Anyone may do that.`,
          steps: [
            {
              text: `Settle the trades of ${wordText(meter)}, ${clock.periodText(trade)}`,
              run: (signer, options) =>
                settlePeriod(signer, {
                  tradeAddress,
                  meter,
                  periodStart,
                  periodSeconds,
                  maxTrades: MAX_TRADES_A_SETTLEMENT,
                  ...options,
                }),
            },
          ],
        })}
      />
    );
  }
  if (state !== 'refundable') return null;
  const buyer = nameIn(names.value, trade.buyer)?.name ?? shortAddress(trade.buyer);
  return (
    <ActionButton
      label={`Refund trade ${tradeId}`}
      text="Refund"
      onShown={onShown}
      plan={async () => ({
        sentence: `${exactTokens(trade.escrow)} go back from escrow to the buyer, ${buyer}. Anyone may do that.`,
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

/** How whoever reports the meter does it: here, when this browser has that account, else by a command. */
function HowToReport({ trade, clock }: { trade: TradeRecord; clock: MeterClock }) {
  const { reporter, meter, periodStart } = trade;
  if (reporter === undefined) return null;
  const here =
    accounts.value.some(({ address }) => same(address, reporter)) ||
    publishedAccounts.value.some(({ address }) => same(address, reporter));
  const name = nameIn(names.value, reporter)?.name ?? shortAddress(reporter);
  return (
    <p class="note">
      {here ? (
        <>
          {name} reports it <a href={`/trade/report?meter=${encodeURIComponent(wordText(meter))}`}>on this page</a>, or
          by a command:
        </>
      ) : (
        <>Whoever has the key of {name} reports it by a command:</>
      )}{' '}
      <code title={clock.periodText(trade)}>
        wattchain meter report --meter {wordText(meter)} --start {periodStart.toString()} --seconds{' '}
        {trade.periodSeconds.toString()} --produced … --consumed …
      </code>
    </p>
  );
}

const OFFER_WORDS: Readonly<Record<OfferRecord['state'], string>> = {
  none: 'unknown',
  open: 'offered',
  soldOut: 'sold out',
  cancelled: 'withdrawn',
  expired: 'expired',
  periodRead: 'the hour was read',
};

function MyOffers({ offers, clock }: { offers: readonly OfferRecord[]; clock: MeterClock }) {
  const [rows, setRows] = useState(ROWS);
  return (
    <Card title="My offers that are not sold out" wide>
      <ul class="rows">
        {offers.slice(0, rows).map((offer) => (
          <li key={offer.offerId.toString()}>
            <div class="row-main">
              <span>
                Offer {offer.offerId.toString()}:{' '}
                <strong class="energy">
                  <Energy mwh={offer.remainingMwh} />
                </strong>{' '}
                of {kwh(offer.energyMwh)} not sold
              </span>
              <span class={offer.state === 'open' ? 'tag waiting' : 'tag'}>{OFFER_WORDS[offer.state]}</span>
            </div>
            <small>{clock.periodText(offer)}</small>
          </li>
        ))}
      </ul>
      {offers.length > rows && (
        <div class="actions">
          <button type="button" onClick={() => setRows(rows + 3 * ROWS)}>
            Show older ({offers.length - rows} more)
          </button>
        </div>
      )}
    </Card>
  );
}
