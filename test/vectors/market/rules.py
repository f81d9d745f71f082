"""What the contracts of the reference share: refusals that name every broken rule, and arithmetic."""

# Days name who and what they mean: p1 … are people, m1 … meters, r1 … references; 0 is what nobody has.
NOBODY, NO_METER, NOTHING = "p0", "m0", "r0"
MWH_PER_TOKEN = 150_000
ONE_TOKEN = 10**18


class Refused(Exception):
    """An act that is not taken, with every rule that it breaks."""

    def __init__(self, rules):
        super().__init__(", ".join(rules))
        self.rules = rules


class Rules:
    """Collects the rules that an act breaks. Nothing of the world changes before `hold()` has passed."""

    def __init__(self):
        self.broken = []

    def need(self, holds, rule):
        if not holds:
            self.broken.append(rule)
        return holds

    def must(self, holds, rule):
        """A rule without which the others make no sense."""
        if not holds:
            raise Refused([*self.broken, rule])

    def hold(self):
        if self.broken:
            raise Refused(self.broken)


def ceil_div(a, b):
    return -(-a // b)


def cost(energy, price):
    """Token units for energy at a price, rounded down."""
    return energy * price // MWH_PER_TOKEN
