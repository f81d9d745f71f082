import type { Member, MemberPeriod } from './common/bills.js';
import type { OrderSheet } from './common/orders.js';
import type { PriceBand } from './common/price.js';

/** The orders of members who foresee their meters and ask for what the supplier would take and give: needs at the tariff, surpluses at the feed-in price. */
export function truthfulOrders({ periodStart, members }: MemberPeriod, { tariff, feedIn }: PriceBand): OrderSheet {
  const orders = (energyOf: (member: Member) => bigint, price: bigint) =>
    members.flatMap((member) => {
      const energyMwh = energyOf(member);
      return energyMwh === 0n ? [] : [{ owner: member.owner, energyMwh, price }];
    });
  return {
    periodStart,
    bids: orders(({ needMwh }) => needMwh, tariff),
    asks: orders(({ surplusMwh }) => surplusMwh, feedIn),
  };
}
