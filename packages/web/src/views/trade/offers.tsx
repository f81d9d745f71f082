import {
  acceptOffer,
  amountOf,
  approveTokens,
  cancelOffer,
  doubtsOfOffer,
  formatKwh,
  getAllowance,
  getOffer,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import { getBlock } from 'viem/actions';
import { names } from '../../api/community.js';
import { client, contracts, isForReading } from '../../api/node.js';
import { Energy, Tokens } from '../../components/amounts.js';
import { Card, Empty } from '../../components/basics.js';
import { Who } from '../../components/ids.js';
import { kwh, shortAddress, tokens, wordText } from '../../format.js';
import type { Step } from '../../keys/send.js';
import type { PageAccount } from '../../keys/session.js';
import type { MeterClock } from '../../model/meterTime.js';
import { nameIn } from '../../model/names.js';
import { useBalances } from '../wallet/accountBar.js';
import { exactKwh, exactTokens, pricePerKwh } from '../wallet/amounts.js';
import type { Plan } from '../wallet/confirmPanel.js';
import { ActionButton, ActionForm, Field } from '../wallet/forms.js';
import { problemOf, readEnergy, understood } from '../wallet/inputs.js';
import { type Market, type OfferRecord, same } from './tradeModel.js';

const { tokenAddress, tradeAddress } = contracts;

interface OffersProps {
  readonly market: Market;
  readonly acting: PageAccount | undefined;
  readonly clock: MeterClock;
  readonly isComplete: boolean;
}

/** Offers that are shown; more than that are open in large communities only. */
const MAX_SHOWN = 50;

/** What neighbours offer now. */
export function Offers({ market, acting, clock, isComplete }: OffersProps) {
  const [chosen, setChosen] = useState<bigint>();
  // What somebody is buying stays in sight, although buying all of it closes it.
  const open = market.offers.filter(({ state, offerId }) => state === 'open' || offerId === chosen);
  return (
    <Card title="Open offers" wide>
      {open.length === 0 ? (
        <Empty>
          {isComplete ? (
            <>
              Nobody offers energy at the moment.
              {!isForReading && (
                <>
                  {' '}
                  Who has a meter can <a href="/trade/offer">offer some</a>.
                </>
              )}
            </>
          ) : (
            'Reading the history …'
          )}
        </Empty>
      ) : (
        <ul class="rows">
          {open.slice(0, MAX_SHOWN).map((offer) => (
            <OfferRow
              key={offer.offerId.toString()}
              offer={offer}
              acting={acting}
              clock={clock}
              isChosen={offer.offerId === chosen}
              onChoose={setChosen}
            />
          ))}
        </ul>
      )}
      {open.length > MAX_SHOWN && (
        <small>
          The newest {MAX_SHOWN} of {open.length} open offers.
        </small>
      )}
    </Card>
  );
}

interface OfferRowProps {
  readonly offer: OfferRecord;
  readonly acting: PageAccount | undefined;
  readonly clock: MeterClock;
  readonly isChosen: boolean;
  readonly onChoose: (offerId: bigint | undefined) => void;
}

function OfferRow({ offer, acting, clock, isChosen, onChoose }: OfferRowProps) {
  const isMine = acting !== undefined && same(offer.seller, acting.address);
  const id = offer.offerId.toString();
  return (
    <li>
      <div class="row-main">
        <span>
          <strong class="energy">
            <Energy mwh={offer.remainingMwh} />
          </strong>{' '}
          from <Who address={offer.seller} /> {isMine && <span class="tag good">yours</span>}
        </span>
        <span>
          <strong class="token">
            <Tokens units={offer.price} />
          </strong>{' '}
          for 150 Wh <small>({pricePerKwh(offer.price)} a kWh)</small>
        </span>
      </div>
      <small>
        Offer {id}, meter {wordText(offer.meter)}, {clock.periodText(offer)}; open until{' '}
        {clock.blockText(offer.acceptUntil)}
        {offer.remainingMwh < offer.energyMwh && `; ${kwh(offer.energyMwh)} at first`}
      </small>
      {isForReading ? null : isMine ? (
        <ActionButton
          label={`Withdraw offer ${id}`}
          text="Withdraw"
          plan={async () => ({
            sentence: `The ${kwh(offer.remainingMwh)} that nobody has taken of offer ${id} are withdrawn. Trades already made stay.`,
            steps: [
              {
                text: `Withdraw offer ${id}`,
                run: (signer, options) => cancelOffer(signer, { tradeAddress, offerId: offer.offerId, ...options }),
              },
            ],
          })}
        />
      ) : isChosen ? (
        <AcceptForm offer={offer} acting={acting} clock={clock} onClose={() => onChoose(undefined)} />
      ) : (
        <div class="actions">
          <button type="button" aria-label={`Buy from offer ${id}`} onClick={() => onChoose(offer.offerId)}>
            Buy
          </button>
        </div>
      )}
    </li>
  );
}

interface AcceptFormProps {
  readonly offer: OfferRecord;
  readonly acting: PageAccount | undefined;
  readonly clock: MeterClock;
  readonly onClose: () => void;
}

function AcceptForm({ offer, acting, clock, onClose }: AcceptFormProps) {
  const [text, setText] = useState(formatKwh(offer.remainingMwh));
  const balances = useBalances(acting?.address);
  const owned = balances.state === 'loaded' ? balances.value?.tokens : undefined;
  const left = { value: offer.remainingMwh, text: `${exactKwh(offer.remainingMwh)} are left of this offer.` };
  const energy = readEnergy(text, { most: left });
  const energyMwh = understood(energy);
  const escrow = energyMwh === undefined ? undefined : amountOf(energyMwh, offer.price);
  const problem =
    problemOf(energy) ??
    (escrow !== undefined && owned !== undefined && escrow > owned
      ? `That costs ${tokens(escrow)}; you have ${tokens(owned)}. The bank sells tokens.`
      : undefined);

  const plan = async ({ address }: PageAccount): Promise<Plan | undefined> => {
    if (energyMwh === undefined || escrow === undefined || problem !== undefined) return undefined;
    const { offerId } = offer;
    const [{ settleBy }, { timestamp: now }] = await Promise.all([
      getOffer(client, { tradeAddress, offerId }),
      getBlock(client),
    ]);
    // Tokens go into escrow for what the seller wrote, slips included.
    const doubts = doubtsOfOffer({ ...offer, energyMwh, settleBy }, { now, showTime: clock.momentText });
    const seller = nameIn(names.value, offer.seller)?.name ?? shortAddress(offer.seller);
    const allowance = await getAllowance(client, { tokenAddress, owner: address, spender: tradeAddress });
    const approve: Step = {
      text: `Allow the trade contract to take exactly ${exactTokens(escrow)}`,
      run: (signer, options) =>
        approveTokens(signer, { tokenAddress, spender: tradeAddress, tokens: escrow, ...options }),
    };
    const accept: Step = {
      text: `Buy ${exactKwh(energyMwh)} from ${seller} (offer ${offerId})`,
      run: (signer, options) => acceptOffer(signer, { tradeAddress, offerId, energyMwh, ...options }),
    };
    return {
      sentence: `You buy ${exactKwh(energyMwh)} from ${seller}, ${clock.periodText(offer)}, for ${exactTokens(escrow)}.`,
      doubts,
      notes: [
        'The tokens go into escrow until the meter is read. You pay for what was delivered and get the rest back; without a reading you get all of it back.',
      ],
      steps: allowance >= escrow ? [accept] : [approve, accept],
    };
  };
  return (
    <ActionForm
      title={`Buy from offer ${offer.offerId}`}
      button="Review"
      plan={plan}
      onSent={onClose}
      onCancel={onClose}
    >
      {(hasTried) => (
        <Field
          label="How much"
          unit="kWh"
          inputMode="decimal"
          value={text}
          onInput={setText}
          help={escrow === undefined ? left.text : `That is ${tokens(escrow)}. ${left.text}`}
          problem={hasTried ? problem : undefined}
        />
      )}
    </ActionForm>
  );
}
