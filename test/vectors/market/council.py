"""Council: keys that act for seats, and how one key takes the place of another."""
from rules import NOBODY, Rules

PENDING, CHANGED, ENDED = 1, 2, 3


class Council:
    def __init__(self, keys, recovery_key, notice):
        self.members = list(keys)
        self.recovery = recovery_key
        self.notice = notice
        self.changes = {}

    def raw_seat(self, key):
        """The seat of a key, frozen or not; 0 when it has none."""
        return self.members.index(key) + 1 if key in self.members else 0

    def is_frozen(self, key):
        vetoed = (pair for pair, change in self.changes.items() if change["state"] == PENDING and change["vetoed"])
        return any(key in pair for pair in vetoed)

    def seat(self, key):
        return 0 if self.is_frozen(key) else self.raw_seat(key)

    # Acts

    def requestKeyChange(self, world, by, old, new):
        rules = Rules()
        seat = self.raw_seat(by)
        rules.need(seat or by == self.recovery, "not of the council")
        rules.need(old != NOBODY and (self.raw_seat(old) or old == self.recovery), "old key has no seat")
        self.need_free(rules, new)
        rules.need(self.changes.get((old, new), {}).get("state") != PENDING, "change is requested")
        rules.hold()
        self.changes[(old, new)] = {
            "by": by,
            "at": world.now,
            "seat": self.raw_seat(old),
            "votes": {},
            "vetoed": False,
            "state": PENDING,
        }
        if seat and seat != self.raw_seat(old):
            self.count(rules, old, new, seat, True)

    def voteOnKeyChange(self, world, by, old, new, requested_at, approve):
        rules = Rules()
        change = self.pending(rules, old, new, requested_at)
        seat = self.raw_seat(by)
        rules.must(seat or by == self.recovery, "not of the council")
        rules.need(seat != change["seat"], "who is replaced does not vote")
        if seat:
            rules.hold()
            self.count(rules, old, new, seat, approve)
            return
        early = approve and world.now < change["at"] + self.notice
        rules.need(not early, "recovery key is too early")
        rules.hold()
        self.decide(rules, old, new, approve)

    def vetoKeyChange(self, world, by, old, new, requested_at):
        rules = Rules()
        change = self.pending(rules, old, new, requested_at)
        rules.need(self.raw_seat(by) or by == self.recovery, "not of the council")
        rules.need(by != change["by"], "who requested does not veto")
        rules.need(not change["vetoed"], "vetoed before")
        rules.hold()
        change["vetoed"] = True

    # Parts

    def need_free(self, rules, new):
        rules.need(new != NOBODY, "new key is missing")
        rules.need(not self.raw_seat(new) and new != self.recovery, "new key has a seat")

    def pending(self, rules, old, new, requested_at):
        change = self.changes.get((old, new))
        rules.must(change is not None and change["state"] == PENDING, "no such change pending")
        rules.need(change["at"] == requested_at, "another request is meant")
        return change

    def voters(self, change):
        """All members but the one whose key it is; on the recovery key (seat 0) all of them."""
        return [seat for seat in range(1, len(self.members) + 1) if seat != change["seat"]]

    def count(self, rules, old, new, seat, approve):
        """A member may change its vote. More than half of the voters decide; of two members the recovery key approves."""
        change = self.changes[(old, new)]
        votes = {**change["votes"], seat: approve}
        half = len(self.voters(change)) / 2
        if sum(not vote for vote in votes.values()) > half:
            self.decide(rules, old, new, False)
        elif sum(votes.values()) > half and (len(self.members) > 2 or change["seat"] == 0):
            self.decide(rules, old, new, True)
        change["votes"] = votes

    def decide(self, rules, old, new, approved):
        change = self.changes[(old, new)]
        if approved:
            self.need_free(rules, new)
            place = self.members[change["seat"] - 1] if change["seat"] else self.recovery
            rules.need(place == old, "old key has no seat")
            rules.hold()
            if change["seat"]:
                self.members[change["seat"] - 1] = new
            else:
                self.recovery = new
        change["state"] = CHANGED if approved else ENDED

    def snapshot(self, out):
        out["council.recovery"] = self.recovery
        for seat, key in enumerate(self.members, 1):
            out["council.member.%d" % seat] = key
        for (old, new), change in self.changes.items():
            votes = change["votes"]
            out["council.change.%s.%s" % (old, new)] = [
                change["by"],
                change["at"],
                change["seat"],
                sum(1 << seat - 1 for seat in votes if votes[seat]),
                sum(1 << seat - 1 for seat in votes if not votes[seat]),
                len(self.voters(change)) // 2 + 1,
                change["vetoed"],
                change["state"],
            ]
            for key in (old, new):
                out["council.seat.%s" % key] = self.seat(key)
                out["council.frozen.%s" % key] = self.is_frozen(key)
