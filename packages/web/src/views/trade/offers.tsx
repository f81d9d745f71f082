import {
  acceptOffer,
  amountOf,
  approveTokens,
  type CommunityMeter,
  cancelOffer,
  doubtsOfOffer,
  formatKwh,
  getAllowance,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import { type Hex, zeroHash } from 'viem';
import { names } from '../../api/community.js';
import { client, contracts, isForReading } from '../../api/node.js';
import { Energy, Tokens } from '../../components/amounts.js';
import { Card, Empty } from '../../components/basics.js';
import { Who } from '../../components/ids.js';
import { kwh, shortAddress, tokens, wordText } from '../../format.js';
import type { Step } from '../../keys/send.js';
import type { PageAccount } from '../../keys/session.js';
import { nameIn } from '../../model/names.js';
import { useBalances } from '../wallet/accountBar.js';
import type { Plan, Term } from '../wallet/act.js';
import { exactKwh, exactTokens, pricePerKwh } from '../wallet/amounts.js';
import { ActionButton, ActionForm, Choice, Field } from '../wallet/forms.js';
import { problemOf, readEnergy, understood } from '../wallet/inputs.js';
import { bondText, doubtContext, type TradeContext } from './tradeContext.js';
import { type OfferRecord, readUntil, same } from './tradeModel.js';

const { tokenAddress, tradeAddress } = contracts;

/** Offers that are shown; more than that are open in large communities only. */
const MAX_SHOWN = 50;

/** What neighbours offer now. */
export function Offers(context: TradeContext) {
  const { market, isComplete } = context;
  const [chosen, setChosen] = useState<bigint>();
  // What somebody is filling in stays in sight, although another takes the last of it meanwhile.
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
              context={context}
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
  readonly context: TradeContext;
  readonly isChosen: boolean;
  readonly onChoose: (offerId: bigint | undefined) => void;
}

function OfferRow({ offer, context, isChosen, onChoose }: OfferRowProps) {
  const { acting, clock, rules } = context;
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
        Offer {id}, meter {wordText(offer.meter)}, {clock.periodText(offer.periodStart)}; open until{' '}
        {clock.blockText(offer.acceptUntil)}
        {offer.remainingMwh < offer.energyMwh && `; ${kwh(offer.energyMwh)} at first`}
      </small>
      <small>{bondText(offer, offer.remainingMwh, rules)}</small>
      {isForReading ? null : isMine ? (
        <Withdraw offer={offer} />
      ) : isChosen ? (
        <AcceptForm offer={offer} context={context} onClose={() => onChoose(undefined)} />
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

/** Takes back what nobody has bought, and the bond for it; after an offer's end too. */
export function Withdraw({ offer }: { offer: OfferRecord }) {
  const { offerId } = offer;
  return (
    <ActionButton
      label={`Withdraw offer ${offerId}`}
      text="Withdraw"
      plan={async () => ({
        sentence: `The ${kwh(offer.remainingMwh)} that nobody has taken of offer ${offerId} are withdrawn, and a bond for them comes back. Trades already made stay.`,
        steps: [
          {
            text: `Withdraw offer ${offerId}`,
            run: (signer, options) => cancelOffer(signer, { tradeAddress, offer, ...options }),
          },
        ],
      })}
    />
  );
}

/** The acting account's meters that can count for a purchase: those that were not read for its period. */
const ownMeters = ({ meters, acting, clock }: TradeContext, periodStart: bigint): readonly CommunityMeter[] =>
  acting === undefined
    ? []
    : meters.filter(
        (meter) => same(meter.owner, acting.address) && readUntil(meter, clock.periodSeconds) <= periodStart,
      );

function AcceptForm(props: { offer: OfferRecord; context: TradeContext; onClose: () => void }) {
  const { offer, context, onClose } = props;
  const { rules, acting } = context;
  const [text, setText] = useState(formatKwh(offer.remainingMwh));
  const [typedMeter, setMeter] = useState<string>();
  const own = ownMeters(context, offer.periodStart);
  const bothCount = rules.settlement !== 'sellerMeter';
  const buyerMeter = bothCount ? ((typedMeter ?? own[0]?.meter) as Hex | undefined) : zeroHash;
  const balances = useBalances(acting?.address);
  const owned = balances.state === 'loaded' ? balances.value?.tokens : undefined;
  const left = { value: offer.remainingMwh, text: `${kwh(offer.remainingMwh)} are left of this offer.` };
  const energy = readEnergy(text, { most: left });
  const energyMwh = understood(energy);
  const escrow = energyMwh && amountOf(energyMwh, offer.price);
  const isTooLittle =
    energyMwh !== undefined && energyMwh < rules.smallestAcceptanceMwh && energyMwh < offer.remainingMwh;
  const problem =
    problemOf(energy) ??
    (buyerMeter === undefined
      ? 'Both sides are measured here, and no meter is registered for this account that was not read for this period yet.'
      : isTooLittle
        ? `At least ${exactKwh(rules.smallestAcceptanceMwh)}, or all that is left.`
        : escrow !== undefined && owned !== undefined && escrow > owned
          ? `That costs ${tokens(escrow)}; you have ${tokens(owned)}. The bank sells tokens.`
          : undefined);
  const plan = async ({ address }: PageAccount): Promise<Plan | undefined> => {
    if (energyMwh === undefined || escrow === undefined || problem !== undefined || buyerMeter === undefined)
      return undefined;
    return acceptancePlan(offer, context, { address, energyMwh, escrow, buyerMeter });
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
        <>
          <Field
            label="How much"
            unit="kWh"
            inputMode="decimal"
            value={text}
            onInput={setText}
            help={escrow === undefined ? left.text : `That is ${tokens(escrow)}. ${left.text}`}
            problem={hasTried ? problem : undefined}
          />
          {bothCount && own.length > 1 && (
            <Choice
              label="Your meter that counts"
              value={buyerMeter ?? ''}
              options={own.map(({ meter }) => ({ value: meter, text: wordText(meter) }))}
              onInput={setMeter}
            />
          )}
        </>
      )}
    </ActionForm>
  );
}

interface Acceptance {
  readonly address: Hex;
  readonly energyMwh: bigint;
  readonly escrow: bigint;
  readonly buyerMeter: Hex;
}

/** What is signed names the whole offer as it is shown: of any other the chain refuses it. */
async function acceptancePlan(offer: OfferRecord, context: TradeContext, acceptance: Acceptance): Promise<Plan> {
  const { clock, rules } = context;
  const { address, energyMwh, escrow, buyerMeter } = acceptance;
  const seller = nameIn(names.value, offer.seller)?.name ?? shortAddress(offer.seller);
  // Tokens go into escrow for what the seller wrote, slips included.
  const doubts = doubtsOfOffer({ ...offer, energyMwh }, doubtContext(context));
  const allowance = await getAllowance(client, { tokenAddress, owner: address, spender: tradeAddress });
  const approve: Step = {
    text: `Allow the trade contract to take exactly ${exactTokens(escrow)}`,
    run: (signer, options) =>
      approveTokens(signer, { tokenAddress, spender: tradeAddress, tokens: escrow, ...options }),
  };
  const accept: Step = {
    text: `Buy ${exactKwh(energyMwh)} from ${seller} (offer ${offer.offerId})`,
    run: (signer, options) => acceptOffer(signer, { tradeAddress, offer, energyMwh, buyerMeter, ...options }),
  };
  return {
    sentence: `You buy ${exactKwh(energyMwh)} from ${seller}, ${clock.periodText(offer.periodStart)}, for ${exactTokens(escrow)}.`,
    terms: [
      ...termsOf(offer, seller, context),
      ...(buyerMeter === zeroHash ? [] : [{ name: 'Your meter', value: wordText(buyerMeter) }]),
    ],
    doubts,
    notes: [
      `The tokens go into escrow until ${rules.settlement === 'sellerMeter' ? 'the meter is' : 'both meters are'} read. You pay for what was delivered and get the rest back; without a reading of the seller you get all of it back. ${bondText(offer, energyMwh, rules)}`,
    ],
    steps: allowance >= escrow ? [accept] : [approve, accept],
  };
}

function termsOf(offer: OfferRecord, seller: string, { clock }: TradeContext): Term[] {
  return [
    { name: 'Seller', value: `${seller} (${shortAddress(offer.seller)})` },
    { name: 'Meter', value: wordText(offer.meter) },
    { name: 'Period', value: clock.periodText(offer.periodStart) },
    { name: 'Price', value: `${exactTokens(offer.price)} for 150 Wh` },
    { name: 'Grid price', value: `${exactTokens(offer.gridPrice)} for 150 Wh` },
    { name: 'Open until', value: clock.blockText(offer.acceptUntil) },
    { name: 'Reading due by', value: clock.blockText(offer.settleBy) },
  ];
}
