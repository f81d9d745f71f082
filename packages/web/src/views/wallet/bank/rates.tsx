import {
  announceRates,
  applyRates,
  confirmRates,
  describeRates,
  doubtsOfRate,
  formatCoins,
  type Operator,
  type PendingRates,
  type Rates,
  retractRates,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import { clock, reader } from '../../../api/community.js';
import { contracts } from '../../../api/node.js';
import type { Loaded } from '../../../api/useLive.js';
import { Await, Card } from '../../../components/basics.js';
import { Table } from '../../../components/table.js';
import { coins } from '../../../format.js';
import { inReadersWords } from '../../../model/transactionWords.js';
import type { Plan } from '../act.js';
import { exactCoins } from '../amounts.js';
import { ActionButton, ActionForm, Field } from '../forms.js';
import { problemOf, readCoins, understood } from '../inputs.js';

const { bankAddress } = contracts;

/** Rates in force, and those on their way with what operators can do about them. */
export function RatesCard({ rates, own }: { rates: Loaded<Rates>; own: Operator | undefined }) {
  return (
    <Card title="Rates" wide>
      <Await of={rates}>
        {(known) => (
          <>
            {known.pending !== undefined && <OnTheirWay rates={known} pending={known.pending} />}
            <p class="note">{inReadersWords(describeRates(known), reader.value)}</p>
            {known.pending !== undefined && <PendingActions pending={known.pending} own={own} />}
            {own !== undefined && (known.pending === undefined || known.pending.state === 'lapsed') && (
              <AnnounceForm rates={known} />
            )}
          </>
        )}
      </Await>
    </Card>
  );
}

const STATES: Readonly<Record<PendingRates['state'], { readonly tag: string; readonly text: string }>> = {
  none: { tag: 'tag', text: 'none' },
  announced: { tag: 'tag waiting', text: 'announced, not confirmed' },
  confirmed: { tag: 'tag waiting', text: 'confirmed, on its way' },
  ready: { tag: 'tag good', text: 'ready to come into force' },
  lapsed: { tag: 'tag', text: 'lapsed' },
};

function OnTheirWay({ rates, pending }: { rates: Rates; pending: PendingRates }) {
  const { tag, text } = STATES[pending.state];
  const { blockText } = clock.value;
  return (
    <>
      <p>
        <strong>A change of rates</strong> <span class={tag}>{text}</span>
      </p>
      <Table
        label="rates in force and on their way"
        isNarrow
        columns={[
          { title: 'for 1 ENT' },
          { title: 'in force', isNumber: true },
          { title: 'on its way', isNumber: true },
        ]}
        rows={[
          { key: 'buy', cells: ['buying', coins(rates.buyRateWei), <strong>{coins(pending.buyRateWei)}</strong>] },
          {
            key: 'redeem',
            cells: ['giving back', coins(rates.redeemRateWei), <strong>{coins(pending.redeemRateWei)}</strong>],
          },
        ]}
      />
      <dl class="facts">
        <dt>In force from</dt>
        <dd>
          {blockText(pending.inForceFrom)} on, until {blockText(pending.inForceUntil)} at the latest
        </dd>
        <dt>Announced by</dt>
        <dd>
          operator {pending.announcedBy.toString()}, {blockText(pending.announcedAt)}
        </dd>
        <dt>Confirmed by</dt>
        <dd>{pending.confirmedBy === 0n ? 'nobody yet' : `operator ${pending.confirmedBy}`}</dd>
      </dl>
    </>
  );
}

const textOf = ({ buyRateWei, redeemRateWei }: Pick<Rates, 'buyRateWei' | 'redeemRateWei'>) =>
  `${exactCoins(buyRateWei)} for a token that is bought, ${exactCoins(redeemRateWei)} for one that is given back`;

/** What can be done now, by whom. */
function PendingActions({ pending, own }: { pending: PendingRates; own: Operator | undefined }) {
  const { announcedBy, buyRateWei, redeemRateWei, announcedAt, state } = pending;
  const named = { bankAddress, buyRateWei, redeemRateWei, announcedAt };
  return (
    <>
      {own !== undefined && state === 'announced' && own.seat !== announcedBy && (
        <ActionButton
          label="Confirm the rates"
          text="Confirm"
          plan={async () => ({
            sentence: `You agree to the rates that operator ${announcedBy} announced: ${textOf(pending)}.`,
            steps: [
              { text: 'Confirm the rates', run: (signer, options) => confirmRates(signer, { ...named, ...options }) },
            ],
          })}
        />
      )}
      {state === 'ready' && (
        <ActionButton
          label="Bring the rates into force"
          text="Bring into force"
          plan={async () => ({
            sentence: `From the next block on: ${textOf(pending)}. Anyone may do that.`,
            steps: [
              {
                text: 'Bring the rates into force',
                run: (signer, options) => applyRates(signer, { ...named, ...options }),
              },
            ],
          })}
        />
      )}
      {own !== undefined && (
        <ActionButton
          label="Take the announcement back"
          text="Take it back"
          plan={async () => ({
            sentence: `The rates in force stay; what was announced is gone: ${textOf(pending)}.`,
            steps: [
              {
                text: 'Take the announcement back',
                run: (signer, options) => retractRates(signer, { ...named, ...options }),
              },
            ],
          })}
        />
      )}
    </>
  );
}

function AnnounceForm({ rates }: { rates: Rates }) {
  const [buyText, setBuy] = useState(formatCoins(rates.buyRateWei));
  const [redeemText, setRedeem] = useState(formatCoins(rates.redeemRateWei));
  const [buy, redeem] = [readCoins(buyText), readCoins(redeemText)];
  const [buyRateWei, redeemRateWei] = [understood(buy), understood(redeem)];
  const most = buyRateWei === undefined || rates.buyRateWei < buyRateWei ? rates.buyRateWei : buyRateWei;
  const redeemProblem =
    problemOf(redeem) ??
    (redeemRateWei !== undefined && redeemRateWei > most
      ? `At most ${coins(most)}: else buying before and giving back after would bring coins.`
      : undefined);
  const plan = async (): Promise<Plan | undefined> => {
    if (buyRateWei === undefined || redeemRateWei === undefined || redeemProblem !== undefined) return undefined;
    const next = { buyRateWei, redeemRateWei };
    return {
      sentence: `You announce new rates: ${textOf(next)}.`,
      doubts: [
        ...doubtsOfRate('buy', buyRateWei, rates.buyRateWei),
        ...doubtsOfRate('redeem', redeemRateWei, rates.redeemRateWei),
      ],
      notes: [
        'Another operator confirms them, and they come into force after the notice of the council; until then the rates of today hold.',
      ],
      steps: [
        {
          text: 'Announce the rates',
          run: (signer, options) => announceRates(signer, { bankAddress, ...next, ...options }),
        },
      ],
    };
  };
  return (
    <ActionForm title="Announce rates" button="Review" plan={plan}>
      {(hasTried) => (
        <div class="row">
          <Field
            label="A token costs"
            unit="WATT"
            inputMode="decimal"
            value={buyText}
            onInput={setBuy}
            problem={hasTried ? problemOf(buy) : undefined}
          />
          <Field
            label="A token brings"
            unit="WATT"
            inputMode="decimal"
            value={redeemText}
            onInput={setRedeem}
            problem={hasTried ? redeemProblem : undefined}
          />
        </div>
      )}
    </ActionForm>
  );
}
