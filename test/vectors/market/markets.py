#!/usr/bin/env python3
"""An independent, slow reading of the rules of local markets, from their formulas, with Python's exact fractions.

    python3 -B test/vectors/market/markets.py < communities.jsonl > results.jsonl

Reads one community a line and answers with what every rule makes of it. Numbers come and go as decimal text, owners as addresses.
"""
import json
import sys
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from signatures import keccak256

TOKEN = 150_000
KWH = 1_000_000
UNIT = 10**18


@lru_cache(maxsize=4096)
def tie_hash(period, owner):
    return int.from_bytes(keccak256(period.to_bytes(32, "big") + bytes(12) + bytes.fromhex(owner[2:])), "big")


class tie:
    """Sorts owners of a period by their hash, which is computed when two of them are equal otherwise."""

    def __init__(self, period, owner):
        self.of = period, owner

    def __eq__(self, other):
        return self.of == other.of

    def __lt__(self, other):
        return tie_hash(*self.of) < tie_hash(*other.of)


def split(period, total, weights):
    """Largest remainder: weights are (owner, weight)."""
    whole = sum(weight for _, weight in weights)
    if whole == 0:
        assert total == 0
        return [0] * len(weights)
    exact = [Fraction(total * weight, whole) for _, weight in weights]
    parts = [floor(share) for share in exact]
    ranking = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], tie(period, weights[i][0]), -weights[i][1]))
    for i in ranking[: total - sum(parts)]:
        parts[i] += 1
    return parts


def money(energy, price):
    return floor(Fraction(energy) * price / TOKEN)


# Auctions. An order is {"owner", "energyMwh", "price"}.


def tradable(bids, asks):
    """The largest energy that some price makes both sides agree to."""
    prices = {order["price"] for order in bids + asks}
    return max(
        (
            min(sum(b["energyMwh"] for b in bids if b["price"] >= p), sum(a["energyMwh"] for a in asks if a["price"] <= p))
            for p in prices
        ),
        default=0,
    )


def ranked(period, orders, sign):
    return sorted(
        range(len(orders)),
        key=lambda i: (sign * orders[i]["price"], tie(period, orders[i]["owner"]), -orders[i]["energyMwh"]),
    )


def filled(period, orders, energies, price):
    amounts = split(period, money(sum(energies), price), [(o["owner"], e) for o, e in zip(orders, energies)])
    return [{"energyMwh": e, "amount": a} for e, a in zip(energies, amounts)]


def cleared(period, bids, asks, bought, sold, buy, sell):
    left, right = filled(period, bids, bought, buy), filled(period, asks, sold, sell)
    return {"bids": left, "asks": right, "toFund": sum(f["amount"] for f in left) - sum(f["amount"] for f in right)}


def nothing(bids, asks):
    none = {"energyMwh": 0, "amount": 0}
    return {"bids": [none for _ in bids], "asks": [none for _ in asks], "toFund": 0}


def uniform(period, bids, asks):
    energy = tradable(bids, asks)
    if energy == 0:
        return nothing(bids, asks)
    sides = []
    for orders, sign in ((bids, -1), (asks, 1)):
        margin = min(
            (sign * o["price"] for o in orders if sum(x["energyMwh"] for x in orders if sign * x["price"] <= sign * o["price"]) >= energy)
        )
        better = sum(o["energyMwh"] for o in orders if sign * o["price"] < margin)
        at = [(o["owner"], o["energyMwh"] if sign * o["price"] == margin else 0) for o in orders]
        rest = split(period, energy - better, at)
        sides.append((sign * margin, [o["energyMwh"] if sign * o["price"] < margin else rest[i] for i, o in enumerate(orders)]))
    price = Fraction(sides[0][0] + sides[1][0], 2)
    return cleared(period, bids, asks, sides[0][1], sides[1][1], price, price)


def intervals(period, orders, sign):
    """Where each order lies on the axis of energy, the best first."""
    at, found = 0, []
    for i in ranked(period, orders, sign):
        found.append((i, at, at + orders[i]["energyMwh"]))
        at += orders[i]["energyMwh"]
    return found


def mcafee(period, bids, asks):
    energy = tradable(bids, asks)
    if energy == 0:
        return nothing(bids, asks)
    rows = [intervals(period, bids, -1), intervals(period, asks, 1)]
    k, l = ([n for n, (_, start, end) in enumerate(row) if start < energy <= end][0] for row in rows)
    b_k, s_l = bids[rows[0][k][0]]["price"], asks[rows[1][l][0]]["price"]
    if k + 1 < len(bids) and l + 1 < len(asks):
        p0 = Fraction(bids[rows[0][k + 1][0]]["price"] + asks[rows[1][l + 1][0]]["price"], 2)
        if s_l <= p0 <= b_k:
            taken = []
            for row in rows:
                mine = [0] * len(row)
                for i, start, end in row:
                    mine[i] = max(0, min(end, energy) - start)
                taken.append(mine)
            return cleared(period, bids, asks, taken[0], taken[1], p0, p0)
    before = [{i for i, _, _ in row[:m]} for row, m in zip(rows, (k, l))]
    sizes = [sum(orders[i]["energyMwh"] for i in mine) for orders, mine in zip((bids, asks), before)]
    if min(sizes) == 0:
        return nothing(bids, asks)
    shared = [
        split(period, min(sizes), [(o["owner"], o["energyMwh"] if i in mine else 0) for i, o in enumerate(orders)])
        for orders, mine in zip((bids, asks), before)
    ]
    return cleared(period, bids, asks, shared[0], shared[1], b_k, s_l)


def pay_as_bid(period, bids, asks):
    energy = tradable(bids, asks)
    out = {"bids": [{"energyMwh": 0, "amount": 0} for _ in bids], "asks": [{"energyMwh": 0, "amount": 0} for _ in asks], "toFund": 0}
    for b, b_start, b_end in intervals(period, bids, -1):
        for a, a_start, a_end in intervals(period, asks, 1):
            both = min(b_end, a_end, energy) - max(b_start, a_start)
            if both <= 0:
                continue
            amount = money(both, Fraction(bids[b]["price"] + asks[a]["price"], 2))
            for fill in (out["bids"][b], out["asks"][a]):
                fill["energyMwh"] += both
                fill["amount"] += amount
    return out


def book(acts):
    resting, trades = {}, []
    for number, act in enumerate(acts):
        if "cancel" in act:
            resting.pop(act["cancel"], None)
            continue
        order, left = act["place"], act["place"]["energyMwh"]
        is_bid = act["side"] == "bid"
        while left > 0:
            fits = [
                (o["price"] if is_bid else -o["price"], n)
                for n, (side, o, _) in resting.items()
                if side != act["side"] and (o["price"] <= order["price"] if is_bid else o["price"] >= order["price"])
            ]
            if not fits:
                break
            n = min(fits)[1]
            side, other, rest = resting[n]
            energy = min(left, rest)
            trades.append({"resting": n, "incoming": number, "energyMwh": energy, "price": other["price"], "amount": money(energy, other["price"])})
            left -= energy
            if rest == energy:
                del resting[n]
            else:
                resting[n] = (side, other, rest - energy)
        if left > 0:
            resting[number] = (act["side"], order, left)
    return {"trades": trades, "restingMwh": [resting[n][2] if n in resting else 0 for n in range(len(acts))]}


def peers(period, sellers, buyers):
    have = {s["owner"]: s["surplusMwh"] for s in sellers}
    need = {b["owner"]: b["needMwh"] for b in buyers}
    of = {s["owner"]: s for s in sellers}
    trades = []
    for rank in range(max((len(b["ranks"]) for b in buyers), default=0)):
        asked = {}
        for b in buyers:
            sources = [
                s
                for s in (b["ranks"][rank] if rank < len(b["ranks"]) else [])
                if s["seller"] in of
                and of[s["seller"]]["price"] <= s["maxPrice"]
                and (not of[s["seller"]]["reservedFor"] or b["owner"] in of[s["seller"]]["reservedFor"])
            ]
            wanted = floor(Fraction(need[b["owner"]] * sum(s["shareBps"] for s in sources), 10_000))
            for s, energy in zip(sources, split(period, wanted, [(s["seller"], s["shareBps"]) for s in sources])):
                asked[s["seller"], b["owner"]] = energy
        for s in sellers:
            wants = [(b["owner"], asked.get((s["owner"], b["owner"]), 0)) for b in buyers]
            given = min(have[s["owner"]], sum(energy for _, energy in wants))
            have[s["owner"]] -= given
            for (b, _), energy in zip(wants, split(period, given, wants)):
                if energy:
                    need[b] -= energy
                    trades.append({"seller": s["owner"], "buyer": b, "rank": rank + 1, "energyMwh": energy, "amount": money(energy, s["price"])})
    return trades


# Pools. A member is {"owner", "needMwh", "surplusMwh"}.

FIELDS = ["boughtMwh", "soldMwh", "importedMwh", "exportedMwh", "paidToNeighbours", "gotFromNeighbours", "paidToSupplier", "gotFromSupplier"]


def bills(members, columns):
    return [dict(zip(["owner", *FIELDS], [m["owner"], *row])) for m, row in zip(members, zip(*columns))]


def pool(period, members, band, price):
    need, surplus = [[(m["owner"], m[field]) for m in members] for field in ("needMwh", "surplusMwh")]
    d, s = sum(w for _, w in need), sum(w for _, w in surplus)
    local = min(d, s)
    bought, sold = split(period, local, need), split(period, local, surplus)
    total = money(local, price(d, s)) if local else 0
    return bills(
        members,
        [
            bought,
            sold,
            [w - x for (_, w), x in zip(need, bought)],
            [w - x for (_, w), x in zip(surplus, sold)],
            split(period, total, need),
            split(period, total, surplus),
            split(period, money(max(0, d - s), band["tariff"]), need),
            split(period, money(max(0, s - d), band["feedIn"]), surplus),
        ],
    )


def mid_market(period, members, band):
    return pool(period, members, band, lambda d, s: Fraction(band["tariff"] + band["feedIn"], 2))


def supply_demand(period, members, band):
    b, f = band["tariff"], band["feedIn"]

    def price(d, s):
        r = Fraction(s, d)
        if r >= 1:
            return f
        return Fraction(b * f) / ((b - f) * r + f) if f or b else 0

    return pool(period, members, band, price)


def bill_sharing(periods, band):
    """Import price λb · Σ max(0, D − S) / Σ D, export price λs · Σ max(0, S − D) / Σ S."""
    start = periods[0]["periodStart"]
    owners = [m["owner"] for m in periods[0]["members"]]
    energies = [pool(p["periodStart"], p["members"], band, lambda d, s: 0) for p in periods]
    sums = {field: [sum(row[i][field] for row in energies) for i in range(len(owners))] for field in FIELDS[:4]}
    needs, surpluses = ([(o, sum(p["members"][i][f] for p in periods)) for i, o in enumerate(owners)] for f in ("needMwh", "surplusMwh"))
    lack = spare = 0
    for p in periods:
        d, s = sum(m["needMwh"] for m in p["members"]), sum(m["surplusMwh"] for m in p["members"])
        lack, spare = lack + max(0, d - s), spare + max(0, s - d)
    none = [0] * len(owners)
    paid, got = split(start, money(lack, band["tariff"]), needs), split(start, money(spare, band["feedIn"]), surpluses)
    return bills(periods[0]["members"], [*sums.values(), none, none, paid, got])


def coefficients(period, members, band, price, shares):
    surplus = [(m["owner"], m["surplusMwh"]) for m in members]
    plant = sum(w for _, w in surplus)
    allotted = split(period, plant if sum(shares) else 0, list(zip((m["owner"] for m in members), shares)))
    bought = [min(m["needMwh"], part) for m, part in zip(members, allotted)]
    sold = split(period, sum(bought), surplus)
    imports = [m["needMwh"] - x for m, x in zip(members, bought)]
    exports = [w - x for (_, w), x in zip(surplus, sold)]
    local = money(sum(bought), price)
    owned = lambda weights: [(m["owner"], w) for m, w in zip(members, weights)]
    return bills(
        members,
        [
            bought,
            sold,
            imports,
            exports,
            split(period, local, owned(bought)),
            split(period, local, surplus),
            split(period, money(sum(imports), band["tariff"]), owned(imports)),
            split(period, money(sum(exports), band["feedIn"]), owned(exports)),
        ],
    )


def allowances(periods, terms):
    contracts = terms["contracts"]
    used = {c["owner"]: [0, 0] for c in contracts}
    spent, earned = {}, {}
    for p in periods:
        band = p["band"]["tariff"], p["band"]["feedIn"]
        for m in p["members"]:
            used[m["owner"]][0] += m["needMwh"]
            used[m["owner"]][1] += m["surplusMwh"]
        rest = sum(m["surplusMwh"] - m["needMwh"] for m in p["members"])
        spent[band], earned[band] = spent.get(band, 0) + max(0, -rest), earned.get(band, 0) + max(0, rest)
    start = periods[0]["periodStart"]
    called = sum(c["calledMwh"] for c in contracts)
    services = split(start, terms["serviceIncome"] if called else 0, [(c["owner"], c["calledMwh"]) for c in contracts])
    accounts = [
        {
            "owner": c["owner"],
            "needMwh": used[c["owner"]][0],
            "surplusMwh": used[c["owner"]][1],
            "paid": money(max(0, used[c["owner"]][0] - c["allowanceMwh"]), terms["price"]),
            "cashBack": money(max(0, c["allowanceMwh"] - used[c["owner"]][0]), terms["cashBackPrice"]),
            "service": service,
        }
        for c, service in zip(contracts, services)
    ]
    bought, sold = (sum(money(e, band[i]) for band, e in rests.items()) for i, rests in enumerate((spent, earned)))
    incoming = sum(a["paid"] for a in accounts) + terms["serviceIncome"] + sold
    outgoing = sum(a["cashBack"] + a["service"] for a in accounts) + bought
    return {"bills": accounts, "paidToSupplier": bought, "gotFromSupplier": sold, "treasury": incoming - outgoing}


def bell(supply, demand, width):
    """65536 · 2^(−((S − D)/w)²): whole halvings, and aserti3-2d's cubic for the fraction of one."""
    exponent = -floor(Fraction((supply - demand) ** 2 * 65_536, width**2))
    halvings, part = -(exponent // 65_536), exponent % 65_536
    cubic = 195_766_423_245_049 * part + 971_821_376 * part**2 + 5_127 * part**3
    factor = 65_536 + floor(Fraction(cubic + 2**47, 2**48))
    return floor(Fraction(65_536 * factor, 2 ** (halvings + 16))) if halvings < 100 else 0


def coins(period, members, band, width, balances):
    supply, demand = sum(m["surplusMwh"] for m in members), sum(m["needMwh"] for m in members)
    rate = Fraction(bell(supply, demand, width), 65_536)
    imports = [(m["owner"], m["needMwh"] - min(before, m["needMwh"])) for m, before in zip(members, balances)]
    payments = split(period, money(sum(energy for _, energy in imports), band["tariff"]), imports)
    out = []
    for m, before, paid in zip(members, balances, payments):
        minted, burned = floor(m["surplusMwh"] * rate), min(before, m["needMwh"])
        out.append({"owner": m["owner"], "minted": minted, "burned": burned, "paidToSupplier": paid, "balance": before + minted - burned})
    return out


def host(acts, ratio):
    """A bond, units made against it, and what they bring; an act that is refused changes nothing."""
    bond = units = 0
    each = None  # what a unit of a liquidated host brings
    seen = []
    for act in acts:
        name, amount, rate = act["name"], act["amount"], act["rateWei"]
        ahead = max(rate, act["nextRateWei"])
        needed = lambda count, price: ceil(Fraction(ceil(Fraction(count * price, UNIT)) * ratio, 10_000))
        kept = needed(units, ahead) if each is None else ceil(units * each)
        refused = {
            "lock": each is not None and "liquidated",
            "mint": "liquidated" if each is not None else bond < needed(units + amount, ahead) and "bondTooSmall",
            "unlock": bond < kept + amount and "bondTooSmall",
            "redeem": not 0 < amount <= units and "tooManyUnits",
            "liquidate": "liquidated" if each is not None else bond >= needed(units, rate) and "bondCovers",
        }[name]
        if refused:
            seen.append(refused)
            continue
        paid = 0
        if name == "lock":
            bond += amount
        elif name == "mint":
            units += amount
        elif name == "unlock":
            paid = amount
        elif name == "redeem":
            paid = floor(amount * (min(Fraction(rate, UNIT), Fraction(bond, units)) if each is None else each))
            units -= amount
        else:
            each = Fraction(min(ceil(Fraction(units * rate, UNIT)), bond), units)
        bond -= paid
        seen.append({"bondWei": bond, "units": units, "paidWei": paid})
    return seen


def certificates(production):
    """After every hour as many as whole kilowatt-hours were produced so far."""
    length = production["resolutionSeconds"]
    energy, before, hours = production["remainderMwh"], 0, []
    for at, produced in enumerate(production["produced"], 1):
        energy += 0 if produced == "undefined" else produced
        if at * length % 3_600:
            continue
        if energy // KWH > before:
            hours.append({"hour": production["start"] + at * length - 3_600, "certificates": energy // KWH - before})
        before = energy // KWH
    return {"hours": hours, "remainderMwh": energy % KWH}


def flexibility(call):
    count, wanted = call["baselineDays"], call["wantedMwh"]
    days = [day["netMwh"] for day in call["days"] if day["hasPromised"] == "false"]
    all_promised = sum(p["promisedMwh"] for p in call["promises"])
    deliveries = []
    for p in call["promises"]:
        accepted = floor(p["promisedMwh"] * min(Fraction(1), Fraction(wanted, all_promised)))
        beyond = 0 if p["netMwh"] == "undefined" else p["netMwh"] - Fraction(p["baselineSumMwh"], count)
        delivered = floor(max(0, beyond if call["isMore"] == "true" else -beyond))
        counted = min(delivered, accepted)
        deliveries.append(
            {
                "acceptedMwh": accepted,
                "deliveredMwh": delivered,
                "paid": money(counted, call["price"]),
                "penalty": money(accepted - counted, call["penaltyPrice"]),
            }
        )
    return {
        "baselineSum": sum(days[:count]) if len(days) >= count else "undefined",
        "deliveries": deliveries,
        "returned": money(wanted, call["price"]) - sum(d["paid"] for d in deliveries),
    }


def baselines(owner, readings):
    """Feed-in tariff, net metering and time of use: what a home pays, less what it gets."""
    total = lambda pairs: floor(sum(Fraction(energy * price, TOKEN) for energy, price in pairs))
    registers = {}
    for need, surplus, b, f in readings:
        registers[b, f] = registers.get((b, f), 0) + need - surplus
    needed = total((need, b) for need, _, b, _ in readings)
    return {
        "feedIn": needed - total((surplus, f) for _, surplus, _, f in readings),
        "netMetering": needed - total((surplus, b) for _, surplus, b, _ in readings),
        "timeOfUse": total((max(0, net), b) for (b, _), net in registers.items()) - total((max(0, -net), f) for (_, f), net in registers.items()),
    }


def answer(c):
    period, sheet = c["periodStart"], (c["bids"], c["asks"])
    first = c["periods"][0]
    members, band = first["members"], first["band"]
    start = first["periodStart"]
    price = Fraction(c["localPrice"]["numerator"], c["localPrice"]["denominator"])
    return {
        "uniform": uniform(period, *sheet),
        "mcafee": mcafee(period, *sheet),
        "payAsBid": pay_as_bid(period, *sheet),
        "continuousBook": book(c["acts"]),
        "peerChoice": peers(period, c["sellers"], c["buyers"]),
        "midMarket": mid_market(start, members, band),
        "supplyDemandRatio": supply_demand(start, members, band),
        "billSharing": bill_sharing(c["periods"], band),
        "dynamicCoefficients": coefficients(start, members, band, price, [m["needMwh"] for m in members]),
        "staticCoefficients": coefficients(start, members, band, price, c["coefficients"]),
        "allowancePool": allowances(c["periods"], c["terms"]),
        "mintPerKwh": coins(start, members, band, c["widthMwh"], c["balances"]),
        "dualToken": host(c["hostActs"], c["ratioBps"]),
        "certificates": certificates(c["production"]),
        "flexibilityCall": flexibility(c["flexibility"]),
        "baselines": [
            baselines(m["owner"], [(p["members"][i]["needMwh"], p["members"][i]["surplusMwh"], p["band"]["tariff"], p["band"]["feedIn"]) for p in c["periods"]])
            for i, m in enumerate(members)
        ],
    }


def numbers(value):
    if isinstance(value, list):
        return [numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    return int(value) if isinstance(value, str) and value.removeprefix("-").isdigit() else value


def texts(value):
    if isinstance(value, list):
        return [texts(item) for item in value]
    if isinstance(value, dict):
        return {key: texts(item) for key, item in value.items()}
    return str(value) if isinstance(value, int) else value


for line in sys.stdin:
    print(json.dumps(texts(answer(numbers(json.loads(line)))), separators=(",", ":")), flush=True)
