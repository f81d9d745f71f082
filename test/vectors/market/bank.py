"""Bank: tokens for coins and money, coins and payouts for tokens; every token is covered by coins."""
from rules import NOBODY, NOTHING, ONE_TOKEN, Rules, ceil_div

PENDING, MARKED, DISPUTED, PAID, CANCELLED = 1, 2, 3, 4, 5
NONE, ANNOUNCED, CONFIRMED, READY, LAPSED = 0, 1, 2, 3, 4


class Bank:
    def __init__(self, token, council, coins, limits, buy_rate, redeem_rate, address):
        self.token, self.council, self.coins, self.address = token, council, coins, address
        self.limits = dict(enumerate(limits, 1))
        self.attested = {seat: 0 for seat in self.limits}
        self.deposits = {seat: 0 for seat in self.limits}
        self.buy_rate, self.redeem_rate = buy_rate, redeem_rate
        self.announced = None
        self.references = {}
        self.payouts = []
        self.orders = []

    # Figures

    def reserve(self):
        return self.coins.get(self.address, 0) - sum(self.deposits.values())

    def cover(self, tokens, rate=None):
        return ceil_div(tokens * (self.redeem_rate if rate is None else rate), ONE_TOKEN)

    def pay_in(self, by, coins):
        self.coins[by] -= coins
        self.coins[self.address] = self.coins.get(self.address, 0) + coins

    def operator(self, rules, by):
        rules.must(self.council.seat(by), "not an operator")
        return self.council.seat(by)

    # Coins

    def buy(self, world, by, least, until, coins):
        rules = Rules()
        tokens = coins * ONE_TOKEN // self.buy_rate
        rules.need(tokens > 0, "too few coins")
        rules.need(tokens >= least, "below the limit")
        rules.need(world.now <= until, "too late")
        rules.hold()
        self.pay_in(by, coins)
        self.token.change(by, tokens)
        return tokens

    def redeem(self, world, by, amount, least, until):
        rules = Rules()
        coins = amount * self.redeem_rate // ONE_TOKEN
        rules.need(coins > 0, "too few tokens for a coin")
        rules.need(coins >= least, "below the limit")
        rules.need(world.now <= until, "too late")
        self.token.needs(rules, by, amount)
        rules.hold()
        self.token.change(by, -amount)
        self.pay_in(by, -coins)
        return coins

    def deposit(self, world, by, coins):
        rules = Rules()
        seat = self.operator(rules, by)
        rules.need(coins > 0, "no coins")
        rules.hold()
        self.pay_in(by, coins)
        self.deposits[seat] += coins

    def withdraw(self, world, by, coins):
        rules = Rules()
        seat = self.operator(rules, by)
        rules.need(coins > 0, "no coins")
        rules.need(coins <= self.deposits[seat], "beyond the own deposit")
        rules.hold()
        self.deposits[seat] -= coins
        self.pay_in(by, -coins)

    def addCover(self, world, by, coins):
        rules = Rules()
        rules.need(coins > 0, "no coins")
        rules.hold()
        self.pay_in(by, coins)

    def shareSurplus(self, world, by):
        """What covers nothing, and what confirmed rates would not need."""
        rules = Rules()
        self.operator(rules, by)
        rate = self.redeem_rate
        if self.state(world.now) in (CONFIRMED, READY):
            rate = max(rate, self.announced["redeem"])
        share = (self.reserve() - self.cover(self.token.supply(), rate)) // len(self.deposits)
        rules.need(share > 0, "no surplus")
        rules.hold()
        for seat in self.deposits:
            self.deposits[seat] += share

    # Money outside

    def attest(self, world, by, to, amount, reference):
        rules = Rules()
        seat = self.operator(rules, by)
        rules.need(amount > 0, "no tokens")
        rules.need(to != NOBODY, "receiver is nobody")
        rules.need(reference != NOTHING, "reference is missing")
        rules.need(reference not in self.references, "reference was used")
        rules.need(self.attested[seat] + amount <= self.limits[seat], "beyond the limit")
        rules.need(self.cover(amount) <= self.deposits[seat], "deposit does not cover")
        rules.hold()
        self.references[reference] = by
        self.attested[seat] += amount
        self.deposits[seat] -= self.cover(amount)
        self.token.change(to, amount)

    def setLimit(self, world, by, operator, limit):
        rules = Rules()
        own = self.operator(rules, by)
        seat = self.council.seat(operator)
        rules.need(seat, "not an operator")
        rules.need(seat != own, "own limit")
        rules.hold()
        self.limits[seat] = limit

    # Payouts

    def redeemOutside(self, world, by, amount, destination):
        rules = Rules()
        rules.need(amount > 0, "no tokens")
        rules.need(destination != NOTHING, "destination is missing")
        self.token.needs(rules, by, amount, self.address)
        rules.hold()
        return self.request(by, amount, destination)

    def request(self, holder, amount, destination):
        self.token.take(holder, self.address, amount)
        payout = {"holder": holder, "amount": amount, "destination": destination, "state": PENDING}
        self.payouts.append({**payout, "payer": 0, "closes": 0, "reference": NOTHING, "objector": 0})
        return len(self.payouts)

    def payout(self, rules, payout_id, **named):
        rules.must(1 <= payout_id <= len(self.payouts), "no such payout")
        payout = self.payouts[payout_id - 1]
        for name, value in named.items():
            rules.need(payout[name] == value, "another " + name)
        return payout

    def markPaid(self, world, by, payout_id, holder, amount, destination, reference):
        rules = Rules()
        seat = self.operator(rules, by)
        rules.need(reference != NOTHING, "reference is missing")
        payout = self.payout(rules, payout_id, holder=holder, amount=amount, destination=destination)
        rules.need(payout["state"] == PENDING, "payout not pending")
        rules.hold()
        payout.update(state=MARKED, payer=seat, closes=world.now + self.council.notice, reference=reference)

    def objectToPayout(self, world, by, payout_id, holder, amount, reference):
        rules = Rules()
        payout = self.payout(rules, payout_id, holder=holder, amount=amount, reference=reference)
        rules.need(payout["state"] == MARKED, "payout not marked")
        rules.need(world.now < payout["closes"], "too late")
        if by != payout["holder"]:
            rules.need(self.council.seat(by), "not an operator")
            rules.need(self.council.seat(by) != payout["payer"], "the payer does not object")
        rules.hold()
        payout.update(state=DISPUTED, objector=0 if by == payout["holder"] else self.council.seat(by))

    def decidePayout(self, world, by, payout_id, holder, amount, reference, was_paid):
        """Who neither paid nor objected decides, an operator or the holder; and who did may speak against itself."""
        rules = Rules()
        payout = self.payout(rules, payout_id, holder=holder, amount=amount, reference=reference)
        rules.need(payout["state"] == DISPUTED, "payout not disputed")
        if by == payout["holder"]:
            rules.need(was_paid or payout["objector"] > 0, "nobody decides for itself")
        else:
            seat = self.council.seat(by)
            rules.need(seat, "not an operator")
            rules.need(seat != payout["payer"] or not was_paid, "nobody decides for itself")
            rules.need(seat != payout["objector"] or was_paid, "nobody decides for itself")
        rules.hold()
        if was_paid:
            self.finish(payout)
        else:
            payout.update(state=PENDING, payer=0, closes=0, reference=NOTHING, objector=0)

    def closePayout(self, world, by, payout_id):
        rules = Rules()
        payout = self.payout(rules, payout_id)
        rules.need(payout["state"] == MARKED, "payout not marked")
        rules.need(world.now >= payout["closes"], "too early")
        rules.hold()
        self.finish(payout)

    def finish(self, payout):
        payout["state"] = PAID
        self.deposits[payout["payer"]] += payout["amount"] * self.redeem_rate // ONE_TOKEN
        self.token.change(self.address, -payout["amount"])

    def cancelPayout(self, world, by, payout_id, amount, destination):
        rules = Rules()
        payout = self.payout(rules, payout_id, amount=amount, destination=destination)
        rules.need(by == payout["holder"], "not the holder")
        rules.need(payout["state"] == PENDING, "payout not pending")
        rules.hold()
        payout["state"] = CANCELLED
        self.token.move(self.address, by, amount)

    # Standing orders

    def setStandingOrder(self, world, by, amount, interval, destination):
        rules = Rules()
        rules.need(amount > 0, "no tokens")
        rules.need(interval > 0, "interval is 0")
        rules.need(destination != NOTHING, "destination is missing")
        rules.hold()
        order = {"holder": by, "amount": amount, "destination": destination, "interval": interval}
        self.orders.append({**order, "due": world.now + interval})
        return len(self.orders)

    def cancelStandingOrder(self, world, by, order_id, amount, destination):
        rules = Rules()
        rules.must(1 <= order_id <= len(self.orders), "no such order")
        order = self.orders[order_id - 1]
        rules.need(order["due"] != 0, "no such order")
        rules.need(order["holder"] == by, "not the holder")
        rules.need(order["amount"] == amount, "another amount")
        rules.need(order["destination"] == destination, "another destination")
        rules.hold()
        order["due"] = 0

    def runStandingOrders(self, world, by, order_ids):
        rules = Rules()
        self.operator(rules, by)
        paid = 0
        for order_id in order_ids:
            order = self.orders[order_id - 1] if 1 <= order_id <= len(self.orders) else None
            if order is None or order["due"] == 0 or world.now < order["due"]:
                continue
            holder, amount = order["holder"], order["amount"]
            if amount > min(self.token.balance(holder), self.token.allowance(holder, self.address)):
                continue
            self.request(holder, amount, order["destination"])
            while order["due"] <= world.now:
                order["due"] += order["interval"]
            paid += 1
        return paid

    # Rates

    def state(self, now):
        if self.announced is None:
            return NONE
        if now > self.announced["at"] + 2 * self.council.notice:
            return LAPSED
        if not self.announced["confirmed"]:
            return ANNOUNCED
        return CONFIRMED if now < self.announced["at"] + self.council.notice else READY

    def announceRates(self, world, by, buy, redeem):
        rules = Rules()
        seat = self.operator(rules, by)
        rules.need(redeem > 0, "rate is 0")
        rules.need(redeem <= buy, "redeem rate above buy rate")
        rules.need(redeem <= self.buy_rate, "redeem rate above the buy rate in force")
        rules.need(self.state(world.now) in (NONE, LAPSED), "another change is pending")
        rules.hold()
        self.announced = {"buy": buy, "redeem": redeem, "at": world.now, "by": seat, "confirmed": 0}

    def waiting(self, rules, buy, redeem, announced_at):
        waiting = self.announced or {"buy": 0, "redeem": 0, "at": 0}
        same = (waiting["buy"], waiting["redeem"], waiting["at"]) == (buy, redeem, announced_at)
        rules.must(same and self.announced, "another announcement is meant")

    def confirmRates(self, world, by, buy, redeem, announced_at):
        rules = Rules()
        seat = self.operator(rules, by)
        self.waiting(rules, buy, redeem, announced_at)
        rules.need(self.state(world.now) != LAPSED, "too late")
        rules.need(seat != self.announced["by"], "another operator confirms")
        rules.need(not self.announced["confirmed"], "confirmed before")
        rules.hold()
        self.announced["confirmed"] = seat

    def retractRates(self, world, by, buy, redeem, announced_at):
        rules = Rules()
        self.operator(rules, by)
        self.waiting(rules, buy, redeem, announced_at)
        rules.hold()
        self.announced = None

    def applyRates(self, world, by, buy, redeem, announced_at):
        rules = Rules()
        self.waiting(rules, buy, redeem, announced_at)
        rules.need(self.announced["confirmed"], "not confirmed")
        rules.need(world.now >= announced_at + self.council.notice, "too early")
        rules.need(self.state(world.now) != LAPSED, "too late")
        rules.need(self.cover(self.token.supply(), redeem) <= self.reserve(), "cover does not suffice")
        rules.hold()
        self.buy_rate, self.redeem_rate, self.announced = buy, redeem, None

    # What is compared

    def snapshot(self, out, now):
        assert self.reserve() >= self.cover(self.token.supply()), "every token is covered"
        out["bank.rates"] = [self.buy_rate, self.redeem_rate]
        waiting = self.announced or {"buy": 0, "redeem": 0, "at": 0, "by": 0, "confirmed": 0}
        names = ("buy", "redeem", "at", "by", "confirmed")
        out["bank.pending"] = [*(waiting[name] for name in names), self.state(now)]
        out["bank.reserve"] = [self.reserve(), self.cover(self.token.supply())]
        for seat in self.deposits:
            out["bank.seat.%d" % seat] = [self.limits[seat], self.attested[seat], self.deposits[seat]]
        for number, payout in enumerate(self.payouts, 1):
            names = ("holder", "amount", "destination", "state", "payer", "reference", "closes", "objector")
            out["bank.payout.%d" % number] = [payout[name] for name in names]
        for number, order in enumerate(self.orders, 1):
            names = ("holder", "amount", "destination", "interval", "due")
            out["bank.order.%d" % number] = [order[name] for name in names]
