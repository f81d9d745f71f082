import { useState } from 'preact/hooks';
import { Energy } from '../../components/amounts.js';
import { Card } from '../../components/basics.js';
import { kwh } from '../../format.js';
import { Withdraw } from './offers.js';
import type { TradeContext } from './tradeContext.js';
import type { OfferRecord } from './tradeModel.js';

const ROWS = 10;

const OFFER_WORDS: Readonly<Record<OfferRecord['state'], string>> = {
  none: 'unknown',
  open: 'offered',
  soldOut: 'sold out',
  cancelled: 'withdrawn',
  expired: 'expired',
  periodRead: 'the period was read',
};

/** The acting account's offers of which something is left; a bond for the rest comes back by withdrawing it. */
export function MyOffers({ offers, context }: { offers: readonly OfferRecord[]; context: TradeContext }) {
  const [rows, setRows] = useState(ROWS);
  const { clock, rules } = context;
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
            <small>{clock.periodText(offer.periodStart)}</small>
            {rules.bonds && offer.state !== 'open' && offer.remainingMwh > 0n && <Withdraw offer={offer} />}
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
