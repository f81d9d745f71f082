"""EnergyToken: ERC-20 whose tokens the bank alone makes and destroys."""
from rules import NOBODY, Rules

UNLIMITED = 2**256 - 1


class EnergyToken:
    def __init__(self):
        self.balances = {}
        self.allowances = {}

    def balance(self, owner):
        return self.balances.get(owner, 0)

    def allowance(self, owner, spender):
        return self.allowances.get((owner, spender), 0)

    def supply(self):
        return sum(self.balances.values())

    # Acts

    def approve(self, by, spender, amount):
        self.allowances[(by, spender)] = amount

    def transfer(self, by, to, amount):
        rules = Rules()
        rules.need(to != NOBODY, "receiver is nobody")
        self.needs(rules, by, amount)
        rules.hold()
        self.move(by, to, amount)

    # For the other contracts

    def needs(self, rules, owner, amount, spender=None):
        """The rules of taking tokens; of what is 0 there are none."""
        rules.need(amount <= self.balance(owner), "too few tokens")
        if spender is not None:
            rules.need(amount <= self.allowance(owner, spender), "too small an allowance")

    def take(self, owner, spender, amount):
        if self.allowance(owner, spender) != UNLIMITED:
            self.allowances[(owner, spender)] = self.allowance(owner, spender) - amount
        self.move(owner, spender, amount)

    def move(self, owner, to, amount):
        self.change(owner, -amount)
        self.change(to, amount)

    def change(self, owner, amount):
        self.balances[owner] = self.balance(owner) + amount
        assert self.balances[owner] >= 0
