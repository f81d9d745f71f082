const kinds = 'bids, asks and cancellations in an open market, commitments in a sealed one';

/** Custom errors of markets with orders and of chosen neighbours; their arguments are in the order of the declaration. */
export const ORDER_REFUSALS: Readonly<Record<string, (args: readonly unknown[]) => { message: string; hint: string }>> =
  {
    NotOwnAct: ([act, member]) => ({
      message: `the act ${act} is not of member ${member}, who sent it`,
      hint: 'an act names the number of the member that posts it; who is no member, or has left, posts none',
    }),
    NotAnAct: ([act]) => ({
      message: `${act} is no act that members post here`,
      hint: `members post ${kinds}; an order has 1 mWh or more, and no field that its kind does not have`,
    }),
    NotOpen: ([number, first, last]) => ({
      message: `period ${number} takes no acts now; periods ${first} to ${last} do`,
      hint: 'a period is named by its start divided by its length; its gate closes before it begins',
    }),
    TooManyActs: ([ahead, most]) => ({
      message: `this member has ${most} acts already in the period that is ${ahead} after the first one counted`,
      hint: `${most} acts of a member and period are the most; a cancellation is one too`,
    }),
    PeriodFull: ([number, most]) => ({
      message: `period ${number} has ${most} acts already`,
      hint: 'trade in another period',
    }),
    EarlierNotSettled: ([number, earlier]) => ({
      message: `acts of period ${number} have no room before period ${earlier} is settled`,
      hint: 'settle what can be settled; anyone can',
    }),
    GateOpen: ([number, marketTime]) => ({
      message: `the gate of period ${number} is still open at market time ${marketTime}`,
      hint: 'wait until it closes, some time before the period begins',
    }),
    RevealOpen: ([number, untilBlock]) => ({
      message: `commitments of period ${number} are opened until block ${untilBlock}`,
      hint: 'clear it behind that block; where it says 0 the window has not begun: an empty call of reveal begins it',
    }),
    RevealOver: ([number, untilBlock]) => ({
      message: `commitments of period ${number} could be opened until block ${untilBlock}`,
      hint: 'what was not opened has forfeited its deposit',
    }),
    AnotherSheet: ([number, acts]) => ({
      message: `these ${acts} acts are not all that were posted for period ${number}, in their order`,
      hint: 'read the acts again, from the first block in which the period took any; a reorganisation can have moved them',
    }),
    NotRanked: ([place, act]) => ({
      message: `act ${act} does not belong at place ${place} of the ranking`,
      hint: 'bids from the dearest, then asks from the cheapest, equal prices by the hash of period and owner; only orders that stand',
    }),
    ClearedAlready: ([number]) => ({
      message: `period ${number} is cleared already`,
      hint: 'its fills are told by the market; it is settled once its readings are final',
    }),
    NotCleared: ([number]) => ({
      message: `period ${number} has acts that are not cleared`,
      hint: 'clear it first; anyone can',
    }),
    AnotherResult: ([number]) => ({
      message: `these fills are not what came out of period ${number}`,
      hint: 'give the fills as the market told them when the period was cleared',
    }),
    TooManyPeers: ([count, most]) => ({
      message: `${count} sources or reservations are more than ${most}`,
      hint: 'name fewer neighbours',
    }),
    BadSource: ([place, source]) => ({
      message: `source ${source} at place ${place} cannot stand there`,
      hint: 'ranks run from 1 to 16 in their order, a seller stands once in a rank, and the shares of a rank are 10000 at most',
    }),
    StandsAlready: ([owner, from]) => ({
      message: `${owner} has said already how it trades from period ${from} on`,
      hint: 'terms change once a period: say it again when the next one has begun',
    }),
    AnotherStanding: ([member]) => ({
      message: `these are not the terms that member ${member} had in these periods`,
      hint: 'prove them from all that the member has said, and settle no periods together in which somebody changed terms',
    }),
  };
