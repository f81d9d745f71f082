import {
  cancelPayout,
  cancelStandingOrder,
  getAllowance,
  listPayouts,
  listStandingOrders,
  type Payout,
  type StandingOrder,
} from '@wattchain/market';
import type { Hex } from 'viem';
import { clock } from '../../api/community.js';
import { client, contracts } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Await, Card, Empty } from '../../components/basics.js';
import { duration, tokens, wordText } from '../../format.js';
import { exactTokens } from './amounts.js';
import { ActionButton } from './forms.js';

const { bankAddress, tokenAddress } = contracts;

/** Payouts that are shown, newest first. */
const MAX_PAYOUTS = 10;

/** What a holder has asked the bank to pay outside, once or again and again. */
export function Orders({ holder }: { holder: Hex }) {
  const loaded = useLive(async () => {
    const [payouts, orders, allowed] = await Promise.all([
      listPayouts(client, { bankAddress, holder }),
      listStandingOrders(client, { bankAddress, holder }),
      getAllowance(client, { tokenAddress, owner: holder, spender: bankAddress }),
    ]);
    return { payouts: payouts.reverse(), orders, allowed };
  }, [holder]);
  return (
    <Card title="Your payouts and standing orders" wide>
      <Await of={loaded}>
        {({ payouts, orders, allowed }) =>
          payouts.length + orders.length === 0 ? (
            <Empty>None yet. What you ask the bank to pay outside is listed here.</Empty>
          ) : (
            <ul class="rows">
              {orders.map((order) => (
                <OrderRow key={`order-${order.orderId}`} order={order} isAllowed={allowed >= order.tokens} />
              ))}
              {payouts.slice(0, MAX_PAYOUTS).map((payout) => (
                <PayoutRow key={payout.payoutId.toString()} payout={payout} />
              ))}
              {payouts.length > MAX_PAYOUTS && (
                <li>
                  <small>
                    The newest {MAX_PAYOUTS} of {payouts.length} payouts.
                  </small>
                </li>
              )}
            </ul>
          )
        }
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
              run: (signer, options) => cancelStandingOrder(signer, { bankAddress, orderId, ...options }),
            },
          ],
        })}
      />
    </li>
  );
}

const PAYOUT_WORDS = {
  none: { tag: 'tag', text: 'unknown' },
  pending: { tag: 'tag waiting', text: 'waiting for the operator' },
  paid: { tag: 'tag good', text: 'paid' },
  cancelled: { tag: 'tag', text: 'taken back' },
} as const;

function PayoutRow({ payout }: { payout: Payout }) {
  const { payoutId } = payout;
  const words = PAYOUT_WORDS[payout.state];
  return (
    <li>
      <div class="row-main">
        <span>
          Payout {payoutId.toString()}: {tokens(payout.tokens)} to "{wordText(payout.destination)}"
        </span>
        <span class={words.tag}>{words.text}</span>
      </div>
      {payout.state === 'pending' && (
        <ActionButton
          label={`Take payout ${payoutId} back`}
          text="Take it back"
          plan={async ({ name }) => ({
            sentence: `${exactTokens(payout.tokens)} come back from the bank to ${name}.`,
            steps: [
              {
                text: `Take payout ${payoutId} back`,
                run: (signer, options) => cancelPayout(signer, { bankAddress, payoutId, ...options }),
              },
            ],
          })}
        />
      )}
    </li>
  );
}
