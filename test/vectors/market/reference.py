#!/usr/bin/env python3
"""An independent, slow reading of the rules of the energy market, with nothing but Python's integers.

    python3 -B test/vectors/market/reference.py < days.jsonl > outcomes.jsonl

Reads days, one JSON value a line, and answers each line of a day's acts with one line:
    {"day": name, "rules": {...}}                            a day begins; no answer
    {"by": key, "call": "trade.accept", "args": [...]}       an act: {"taken": what it returns} or {"refused": [rules]}
    {"block": time}                                          acts from here on have this block time; no answer
    {"compare": true}                                        {"changed": {...}}: what is otherwise than at the last comparison
Numbers come and go as decimal text. Rules of a refused act are all that it breaks, in the words of this reference: which of
them a contract looks at first is its own affair.
"""
import json
import sys

from bank import Bank
from council import Council
from energy_token import EnergyToken
from energy_trade import EnergyTrade
from registry import MeterRegistry
from rules import Refused


class World:
    """A chain with the contracts of one day."""

    def __init__(self, rules):
        self.now = 0
        registry, names = rules["registryAddress"], {address: name for name, address in rules["people"].items()}
        self.coins = dict(rules["coins"])
        self.token = EnergyToken()
        self.council = Council(rules["council"]["keys"], rules["council"]["recoveryKey"], rules["council"]["noticeSeconds"])
        self.registry = MeterRegistry(self.council, rules["registry"], rules["chainId"], registry, names)
        self.trade = EnergyTrade(self.token, self.registry, self.council, rules["trade"], "trade")
        money = rules["bank"]
        rates = money["buyRate"], money["redeemRate"]
        self.bank = Bank(self.token, self.council, self.coins, money["limits"], *rates, "bank")
        self.holders = [*rules["people"], "trade", "bank"]
        self.last = {}

    def act(self, by, call, args, coins):
        contract, name = call.split(".")
        method = getattr(getattr(self, contract), name)
        if contract == "token":
            return method(by, *args)
        return method(self, by, *args, **({"coins": coins} if call in ("bank.buy", "bank.deposit", "bank.addCover") else {}))

    def snapshot(self):
        out = {}
        for holder in self.holders:
            out["coins.%s" % holder] = self.coins.get(holder, 0)
            out["token.balance.%s" % holder] = self.token.balance(holder)
        out["token.supply"] = self.token.supply()
        assert sum(self.token.balances[owner] for owner in self.holders if owner in self.token.balances) == out["token.supply"]
        self.council.snapshot(out)
        self.registry.snapshot(out, self.now)
        self.bank.snapshot(out, self.now)
        self.trade.snapshot(out, self.now)
        return out

    def changed(self):
        now = self.snapshot()
        changed = {key: value for key, value in now.items() if self.last.get(key, "none") != value}
        self.last = now
        return changed


def numbers(value):
    """JSON with decimal texts as numbers."""
    if isinstance(value, list):
        return [numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    if isinstance(value, str) and value.removeprefix("-").isdigit():
        return int(value)
    return value


def texts(value):
    """JSON with numbers as decimal texts."""
    if isinstance(value, (list, tuple)):
        return [texts(item) for item in value]
    if isinstance(value, dict):
        return {key: texts(item) for key, item in value.items()}
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def main():
    world = None
    for line in sys.stdin:
        entry = numbers(json.loads(line))
        answer = None
        if "day" in entry:
            world = World(entry["rules"])
        elif "block" in entry:
            world.now = entry["block"]
        elif "compare" in entry:
            answer = {"changed": world.changed()}
        else:
            try:
                answer = {"taken": world.act(entry["by"], entry["call"], entry["args"], entry.get("coins", 0))}
            except Refused as refused:
                answer = {"refused": refused.rules}
        if answer is not None:
            sys.stdout.write(json.dumps(texts(answer), separators=(",", ":")) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
