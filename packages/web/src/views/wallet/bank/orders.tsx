import {
  bankAbi,
  cancelPayout,
  cancelStandingOrder,
  closePayout,
  decidePayout,
  describePayout,
  getAllowance,
  getPayout,
  type Operator,
  objectToPayout,
  type Payout,
  type PayoutState,
  type StandingOrder,
} from '@wattchain/market';
import { useMemo } from 'preact/hooks';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { clock, reader } from '../../../api/community.js';
import { genesisHash, status } from '../../../api/live.js';
import { client, contracts } from '../../../api/node.js';
import { ownEntries } from '../../../api/ownEntries.js';
import { useLive } from '../../../api/useLive.js';
import { Await, Card, Empty } from '../../../components/basics.js';
import { duration, tokens, wordText } from '../../../format.js';
import { asSentence, inReadersWords } from '../../../model/transactionWords.js';
import { exactTokens } from '../amounts.js';
import { ActionButton } from '../forms.js';

const { bankAddress, tokenAddress } = contracts;
const bank = { address: bankAddress, abi: bankAbi } as const;

/** Payouts, and standing orders, that are shown, newest first. */
const MAX_SHOWN = 10;

const PAYOUTS = {
  count: () => readContract(client, { ...bank, functionName: 'payoutCount' }),
  read: (payoutId: bigint) => getPayout(client, { bankAddress, payoutId }),
};
const ORDERS = {
  count: () => readContract(client, { ...bank, functionName: 'standingOrderCount' }),
  read: async (orderId: bigint): Promise<StandingOrder> => {
    const order = await readContract(client, { ...bank, functionName: 'standingOrders', args: [orderId] });
    const [holder, tokens, destination, intervalSeconds, nextDue] = order;
    return { orderId, holder, tokens, destination, intervalSeconds, nextDue };
  },
};

interface OrdersProps {
  readonly holder: Hex;
  /** The acting account, where it is an operator. */
  readonly own: Operator | undefined;
}

/** What a holder has asked the bank to pay outside, once or again and again. */
export function Orders({ holder, own }: OrdersProps) {
  const chain = genesisHash.value;
  const looks = useMemo(
    () => ({ payouts: ownEntries(PAYOUTS, holder, MAX_SHOWN), orders: ownEntries(ORDERS, holder, MAX_SHOWN) }),
    [holder, chain],
  );
  const loaded = useLive(async () => {
    const [payouts, orders, allowed] = await Promise.all([
      looks.payouts(),
      looks.orders(),
      getAllowance(client, { tokenAddress, owner: holder, spender: bankAddress }),
    ]);
    const running = orders.newest.filter(({ nextDue }) => nextDue > 0n);
    return { payouts, running, allowed, isComplete: payouts.isComplete && orders.isComplete };
  }, [holder]);
  return (
    <Card title="Your payouts and standing orders" wide>
      <Await of={loaded}>
        {({ payouts, running, allowed, isComplete }) => (
          <>
            {payouts.known + running.length === 0 && (
              <Empty>
                {isComplete
                  ? 'None yet. What you ask the bank to pay outside is listed here.'
                  : 'Looking through what was asked of the bank …'}
              </Empty>
            )}
            <ul class="rows">
              {running.map((order) => (
                <OrderRow key={`order-${order.orderId}`} order={order} isAllowed={allowed >= order.tokens} />
              ))}
              {payouts.newest.map((payout) => (
                <PayoutRow key={payout.payoutId.toString()} payout={payout} holder={holder} own={own} />
              ))}
            </ul>
            {payouts.known > MAX_SHOWN && (
              <small>
                The newest {MAX_SHOWN} of {payouts.known} payouts.
              </small>
            )}
          </>
        )}
      </Await>
    </Card>
  );
}

/** When an order is paid next. */
function whenDue({ nextDue }: StandingOrder, isAllowed: boolean): string {
  if (!isAllowed) return 'paid as often as you allowed';
  return Number(nextDue) * 1000 > Date.now()
    ? `next ${clock.value.blockText(nextDue)}`
    : `due since ${clock.value.blockText(nextDue)}`;
}

function OrderRow({ order, isAllowed }: { order: StandingOrder; isAllowed: boolean }) {
  const { orderId } = order;
  const what = `standing order ${orderId}`;
  return (
    <li>
      <div class="row-main">
        <span>
          Standing order {orderId.toString()}: {tokens(order.tokens)} every {duration(order.intervalSeconds)} to "
          {wordText(order.destination)}"
        </span>
        <small>{whenDue(order, isAllowed)}</small>
      </div>
      <ActionButton
        label={`End ${what}`}
        text="End it"
        plan={async () => ({
          sentence: `The bank takes nothing more for ${what}. Payouts it has made already stay.`,
          steps: [
            {
              text: `End ${what}`,
              run: (signer, options) =>
                cancelStandingOrder(signer, {
                  bankAddress,
                  orderId,
                  tokens: order.tokens,
                  destination: order.destination,
                  ...options,
                }),
            },
          ],
        })}
      />
    </li>
  );
}

const PAYOUT_WORDS: Readonly<Record<PayoutState, { readonly tag: string; readonly text: string }>> = {
  none: { tag: 'tag', text: 'unknown' },
  pending: { tag: 'tag waiting', text: 'waiting for an operator' },
  markedPaid: { tag: 'tag waiting', text: 'open to objection' },
  disputed: { tag: 'tag bad', text: 'disputed' },
  paid: { tag: 'tag good', text: 'paid' },
  cancelled: { tag: 'tag', text: 'taken back' },
};

interface PayoutRowProps extends OrdersProps {
  readonly payout: Payout;
}

function PayoutRow(props: PayoutRowProps) {
  const { payout } = props;
  const words = PAYOUT_WORDS[payout.state];
  const text = describePayout(payout);
  return (
    <li>
      <div class="row-main">
        <span>
          Payout {payout.payoutId.toString()}: {tokens(payout.tokens)} to "{wordText(payout.destination)}"
        </span>
        <span class={words.tag}>
          {words.text}
          {payout.state === 'markedPaid' && ` until ${clock.value.blockText(payout.closesAt)}`}
        </span>
      </div>
      <p class="note">{asSentence(inReadersWords(text.slice(text.indexOf(': ') + 2), reader.value))}</p>
      <PayoutActions {...props} />
    </li>
  );
}

/** What the holder, or an operator who is not the payer, can do about a payout now. */
function PayoutActions({ payout, holder, own }: PayoutRowProps) {
  const { payoutId, destination, state, closesAt } = payout;
  const now = BigInt(Math.floor((status.value?.head.timestampMs ?? 0) / 1000));
  const named = { bankAddress, payoutId, holder, tokens: payout.tokens, reference: payout.reference };
  return (
    <>
      {state === 'pending' && (
        <ActionButton
          label={`Take payout ${payoutId} back`}
          text="Take it back"
          plan={async ({ name }) => ({
            sentence: `${exactTokens(payout.tokens)} come back from the bank to ${name}.`,
            steps: [
              {
                text: `Take payout ${payoutId} back`,
                run: (signer, options) =>
                  cancelPayout(signer, { bankAddress, payoutId, tokens: payout.tokens, destination, ...options }),
              },
            ],
          })}
        />
      )}
      {state === 'markedPaid' && now < closesAt && (
        <ActionButton
          label={`Object to payout ${payoutId}`}
          text="It did not come"
          plan={async () => ({
            sentence: `You say that ${exactTokens(payout.tokens)} were not paid to "${wordText(destination)}". The tokens stay with the bank until an operator who has not paid it has decided.`,
            steps: [
              {
                text: `Object to payout ${payoutId}`,
                run: (signer, options) => objectToPayout(signer, { ...named, ...options }),
              },
            ],
          })}
        />
      )}
      {state === 'markedPaid' && now >= closesAt && (
        <ActionButton
          label={`Close payout ${payoutId}`}
          text="Close it"
          plan={async () => ({
            sentence: `Nobody has objected: the tokens of payout ${payoutId} vanish, and what covered them goes to the payer's deposit. Anyone may do that.`,
            steps: [
              {
                text: `Close payout ${payoutId}`,
                run: (signer, options) => closePayout(signer, { bankAddress, payoutId, ...options }),
              },
            ],
          })}
        />
      )}
      {state === 'disputed' && own?.seat !== payout.payer && (
        <ActionButton
          label={`Payout ${payoutId} came`}
          text="It came after all"
          plan={async () => ({
            sentence: `You say that payout ${payoutId} was paid: its ${exactTokens(payout.tokens)} vanish, and what covered them goes to the payer's deposit.`,
            steps: [
              {
                text: `Say that payout ${payoutId} was paid`,
                run: (signer, options) => decidePayout(signer, { ...named, wasPaid: true, ...options }),
              },
            ],
          })}
        />
      )}
      {state === 'disputed' && payout.objector > 0n && (
        <ActionButton
          label={`Payout ${payoutId} did not come`}
          text="It did not come"
          plan={async () => ({
            sentence: `You say, as operator ${payout.objector} does, that payout ${payoutId} was not paid: it is open again, and the tokens stay with the bank.`,
            steps: [
              {
                text: `Say that payout ${payoutId} was not paid`,
                run: (signer, options) => decidePayout(signer, { ...named, wasPaid: false, ...options }),
              },
            ],
          })}
        />
      )}
    </>
  );
}
