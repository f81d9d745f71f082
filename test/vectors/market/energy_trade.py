"""EnergyTrade: offers, acceptances and what settles. Every allotment is counted anew from the list of all trades."""
from rules import MWH_PER_TOKEN, NO_METER, Rules, ceil_div, cost

SELLER_METER, PRO_RATA, FIRST_COME = 0, 1, 2
OPEN, SOLD_OUT, CANCELLED, EXPIRED, PERIOD_READ = 1, 2, 3, 4, 5
AWAITING, NOT_FINAL, WAITING, READY, REFUNDABLE, SETTLED, SHORT, REFUNDED = 1, 2, 3, 4, 5, 6, 7, 8
TERMS = ("seller", "meter", "periodStart", "price", "gridPrice", "acceptUntil", "settleBy")


class EnergyTrade:
    def __init__(self, token, registry, council, rules, address):
        self.token, self.registry, self.council, self.address = token, registry, council, address
        self.settlement = rules["settlement"]
        self.bonds = rules["bonds"]
        self.grid_price = rules["gridPrice"]
        self.smallest = rules["smallestAcceptanceMwh"]
        self.longest_span = rules["longestSpanSeconds"]
        self.gate = rules["gateSeconds"]
        self.offer_lead = rules["offerLeadSeconds"]
        self.announced = None
        self.offers = []
        self.trades = []

    def bond(self, terms, energy):
        if not self.bonds:
            return 0
        return energy * ceil_div(max(0, terms["gridPrice"] - terms["price"]), MWH_PER_TOKEN)

    def is_read(self, meter, start):
        return self.registry.meters[meter]["read_until"] > start

    # Offers

    def offer(self, world, by, meter, start, energy, price, grid_price, accept_until, settle_by):
        rules = Rules()
        registry = self.registry
        rules.need(start % registry.resolution == 0, "not a whole period")
        entry = registry.known(rules, meter)
        end = start + registry.resolution
        rules.need(entry["household"] == by, "not the meter's household")
        rules.need(grid_price == self.grid_price, "another grid price is in force")
        rules.need(energy >= self.smallest, "too little energy")
        rules.need(energy <= entry["rating"], "beyond the rating")
        rules.need(price == 0 or cost(self.smallest, price) > 0, "price rounds to nothing")
        rules.need(not self.is_read(meter, start), "period was read")
        rules.need(accept_until > world.now, "accept time is over")
        rules.need(accept_until + registry.offset <= start - self.gate, "gate is closed")
        rules.need(start <= world.now + registry.offset + self.offer_lead, "period too far ahead")
        rules.need(settle_by > accept_until, "deadlines out of order")
        rules.need(settle_by <= world.now + self.longest_span, "span too long")
        rules.need(settle_by + registry.offset + registry.lead >= end, "deadline before the period's end")
        offer = {
            "seller": by,
            "meter": meter,
            "periodStart": start,
            "price": price,
            "gridPrice": grid_price,
            "acceptUntil": accept_until,
            "settleBy": settle_by,
            "energy": energy,
            "remaining": energy,
            "cancelled": 0,
        }
        bond = self.bond(offer, energy)
        self.token.needs(rules, by, bond, self.address)
        rules.hold()
        self.token.take(by, self.address, bond)
        self.offers.append(offer)
        return len(self.offers)

    def known_offer(self, rules, offer_id):
        rules.must(1 <= offer_id <= len(self.offers), "no such offer")
        return self.offers[offer_id - 1]

    def accept(self, world, by, terms, energy, buyer_meter):
        rules = Rules()
        offer = self.known_offer(rules, terms["offerId"])
        for name in TERMS:
            rules.need(terms[name] == offer[name], "another " + name)
        rules.need(by != offer["seller"], "own offer")
        rules.need(world.now <= offer["acceptUntil"], "accept time is over")
        rules.need(not self.is_read(offer["meter"], offer["periodStart"]), "period was read")
        rules.need(energy <= offer["remaining"], "not enough on offer")
        is_all = energy == offer["remaining"] and energy > 0
        rules.need(energy >= self.smallest or is_all, "too little energy")
        escrow = cost(energy, offer["price"])
        rules.need(offer["price"] == 0 or escrow > 0, "price rounds to nothing")
        if self.settlement == SELLER_METER:
            rules.need(buyer_meter == NO_METER, "no meter of the buyer counts")
        elif rules.need(buyer_meter in self.registry.meters, "meter is unknown"):
            rules.need(self.registry.meters[buyer_meter]["household"] == by, "not the buyer's meter")
            rules.need(buyer_meter != offer["meter"], "the seller's meter")
            rules.need(not self.is_read(buyer_meter, offer["periodStart"]), "buyer's period was read")
        self.token.needs(rules, by, escrow, self.address)
        rules.hold()
        self.token.take(by, self.address, escrow)
        offer["remaining"] -= energy
        self.trades.append(
            {
                "id": len(self.trades) + 1,
                "offer": offer,
                "offerId": terms["offerId"],
                "buyer": by,
                "meter": buyer_meter,
                "energy": energy,
                "state": None,
                "settled": 0,
                "short": 0,
                "paid": 0,
                "returned": 0,
                "compensation": 0,
            }
        )
        return len(self.trades)

    def cancelOffer(self, world, by, offer_id, meter, start, price):
        rules = Rules()
        offer = self.known_offer(rules, offer_id)
        rules.need(meter == offer["meter"], "another meter")
        rules.need(start == offer["periodStart"], "another periodStart")
        rules.need(price == offer["price"], "another price")
        rules.need(by == offer["seller"], "not the seller")
        rules.need(offer["remaining"] > 0, "nothing left of the offer")
        rules.hold()
        rest = offer["remaining"]
        offer["remaining"], offer["cancelled"] = 0, offer["cancelled"] + rest
        self.token.move(self.address, by, self.bond(offer, rest))

    # What a trade is due

    def of_seller(self, trade):
        """All trades of the seller's meter and period, in order of acceptance."""
        return [t for t in self.trades if self.place(t["offer"]) == self.place(trade["offer"])]

    def of_buyer(self, trade):
        """All trades of the buyer's meter and period, in order of acceptance."""
        start = trade["offer"]["periodStart"]
        return [t for t in self.trades if t["meter"] == trade["meter"] and t["offer"]["periodStart"] == start]

    def place(self, offer):
        return offer["meter"], offer["periodStart"]

    def readings(self, trade):
        """The seller's reading and the buyer's, where it counts; None for one that is not there."""
        start = trade["offer"]["periodStart"]
        seller = self.registry.readings.get((trade["offer"]["meter"], start))
        return seller, self.registry.readings.get((trade["meter"], start))

    def state(self, trade, now):
        if trade["state"] is not None:
            return trade["state"]
        seller, buyer = self.readings(trade)
        is_over = now > trade["offer"]["settleBy"]
        both = self.settlement != SELLER_METER
        there = [reading for reading in (seller, buyer) if reading is not None]
        if (seller is None or (both and buyer is None)) and not is_over:
            return AWAITING
        if any(not self.registry.is_final(reading, now) for reading in there):
            return NOT_FINAL
        if self.settlement == FIRST_COME:
            if self.comes_first(trade, now):
                return WAITING
        return REFUNDABLE if seller is None else READY

    def comes_first(self, trade, now):
        """Whether an earlier trade of the same buyer is before it: open, and its seller not silent beyond its deadline."""
        for earlier in reversed([t for t in self.of_buyer(trade) if t["id"] < trade["id"]]):
            if earlier["state"] is not None:
                return False
            if now <= earlier["offer"]["settleBy"] or self.readings(earlier)[0] is not None:
                return True
        return False

    def seller_allotment(self, trade):
        reading, _ = self.readings(trade)
        if reading is None:
            return 0
        delivered = max(0, reading["produced"] - reading["consumed"])
        trades = self.of_seller(trade)
        if self.settlement == PRO_RATA:
            sold = sum(t["energy"] for t in trades)
            return trade["energy"] * min(delivered, sold) // sold
        return max(0, min(trade["energy"], delivered - self.ahead(trade)))

    def ahead(self, trade):
        """What was sold of the same meter and period before."""
        return sum(t["energy"] for t in self.of_seller(trade) if t["id"] < trade["id"])

    def buyer_allotment(self, trade):
        _, reading = self.readings(trade)
        if self.settlement == SELLER_METER or reading is None:
            return trade["energy"]
        taken = max(0, reading["consumed"] - reading["produced"])
        trades = self.of_buyer(trade)
        if self.settlement == PRO_RATA:
            bought = sum(t["energy"] for t in trades)
            return trade["energy"] * min(taken, bought) // bought
        # What a bond has paid for is not there to be bought once more.
        covered = sum(t["settled"] + (t["short"] if self.bond(t["offer"], t["energy"]) else 0) for t in trades)
        return max(0, min(trade["energy"], taken - covered))

    def close(self, trade):
        seller, buyer = self.readings(trade)
        offer = trade["offer"]
        sold, bought = self.seller_allotment(trade), self.buyer_allotment(trade)
        is_silent = self.settlement != SELLER_METER and buyer is None
        settled = min(sold, bought)
        short = 0 if is_silent else bought - settled
        bond = self.bond(offer, trade["energy"])
        escrow, paid = cost(trade["energy"], offer["price"]), cost(settled, offer["price"])
        saved = cost(settled + short, offer["price"]) - paid
        compensation = min(bond, max(0, cost(short, offer["gridPrice"]) - saved))
        trade.update(settled=settled, short=short, paid=paid, returned=escrow - paid, compensation=compensation)
        if seller is None:
            trade["state"] = REFUNDED
        else:
            trade["state"] = SETTLED if settled == trade["energy"] else SHORT
        self.token.move(self.address, offer["seller"], paid + bond - compensation)
        self.token.move(self.address, trade["buyer"], escrow - paid + compensation)

    # Settlement

    def known_trade(self, rules, trade_id):
        rules.must(1 <= trade_id <= len(self.trades), "no such trade")
        return self.trades[trade_id - 1]

    def settle(self, world, by, trade_ids):
        closed = 0
        for trade_id in trade_ids:
            trade = self.trades[trade_id - 1] if 1 <= trade_id <= len(self.trades) else None
            if trade is not None and self.state(trade, world.now) == READY:
                self.close(trade)
                closed += 1
        Rules().must(closed > 0, "nothing to settle")
        return closed

    def refund(self, world, by, trade_id):
        rules = Rules()
        trade = self.known_trade(rules, trade_id)
        rules.need(self.state(trade, world.now) == REFUNDABLE, "not refundable")
        rules.hold()
        self.close(trade)

    # Grid price

    def has_lapsed(self, now):
        return now > self.announced["at"] + 2 * self.council.notice

    def announceGridPrice(self, world, by, price):
        rules = Rules()
        rules.need(self.council.seat(by), "not of the council")
        rules.need(price > 0, "grid price is 0")
        rules.need(self.announced is None or self.has_lapsed(world.now), "another change is pending")
        rules.hold()
        self.announced = {"price": price, "at": world.now, "by": self.council.seat(by), "confirmed": 0}

    def waiting(self, rules, world, price, announced_at):
        same = self.announced and (self.announced["price"], self.announced["at"]) == (price, announced_at)
        rules.must(same, "another announcement is meant")
        rules.need(not self.has_lapsed(world.now), "too late")

    def confirmGridPrice(self, world, by, price, announced_at):
        rules = Rules()
        seat = self.council.seat(by)
        rules.need(seat, "not of the council")
        self.waiting(rules, world, price, announced_at)
        rules.need(seat != self.announced["by"], "another member confirms")
        rules.hold()
        self.announced["confirmed"] = seat

    def retractGridPrice(self, world, by, price, announced_at):
        rules = Rules()
        rules.need(self.council.seat(by), "not of the council")
        self.waiting(rules, world, price, announced_at)
        rules.hold()
        self.announced = None

    def applyGridPrice(self, world, by, price, announced_at):
        rules = Rules()
        self.waiting(rules, world, price, announced_at)
        rules.need(self.announced["confirmed"], "not confirmed")
        rules.need(world.now >= announced_at + self.council.notice, "too early")
        rules.hold()
        self.grid_price, self.announced = price, None

    # What is compared

    def offer_state(self, offer, now):
        if offer["remaining"] == 0:
            return CANCELLED if offer["cancelled"] else SOLD_OUT
        if self.is_read(offer["meter"], offer["periodStart"]):
            return PERIOD_READ
        return EXPIRED if now > offer["acceptUntil"] else OPEN

    def snapshot(self, out, now):
        waiting = self.announced or {"price": 0, "at": 0, "by": 0, "confirmed": 0}
        names = ("price", "at", "by", "confirmed")
        out["trade.gridPrice"] = [self.grid_price, *(waiting[name] for name in names)]
        for number, offer in enumerate(self.offers, 1):
            terms = [offer[name] for name in (*TERMS, "energy", "remaining", "cancelled")]
            out["trade.offer.%d" % number] = [*terms, self.offer_state(offer, now)]
        held = 0
        for number, trade in enumerate(self.trades, 1):
            out["trade.trade.%d" % number] = [
                trade["offerId"],
                trade["buyer"],
                trade["meter"],
                trade["energy"],
                self.state(trade, now),
                *(trade[name] for name in ("settled", "short", "paid", "returned", "compensation")),
                self.ahead(trade),
            ]
            if trade["state"] is None:
                offer = trade["offer"]
                held += cost(trade["energy"], offer["price"]) + self.bond(offer, trade["energy"])
        held += sum(self.bond(offer, offer["remaining"]) for offer in self.offers)
        assert held == self.token.balance(self.address), "escrow and bonds are what the market holds"
