"""MeterRegistry: meters, the keys that sign for them, their readings and corrections."""
from rules import NOBODY, NO_METER, Rules
from signatures import domain_separator, hash_of, signer_of, typed_digest

READING = "Reading(bytes32 meter,uint32 number,uint64 periodStart,uint64 producedMwh,uint64 consumedMwh)"
CORRECTION = (
    "Correction(bytes32 meter,uint64 periodStart,uint32 correction,uint64 oldProducedMwh,uint64 oldConsumedMwh,"
    "uint64 newProducedMwh,uint64 newConsumedMwh)"
)
LARGEST_RATING_MWH = 10**12


class MeterRegistry:
    def __init__(self, council, rules, chain_id, address, names):
        """names: who an address is."""
        self.council, self.names = council, names
        self.resolution = rules["resolutionSeconds"]
        self.correction = rules["correctionSeconds"]
        self.lead = rules["readingLeadSeconds"]
        self.offset = rules["marketTimeOffset"]
        self.separator = domain_separator("Wattchain MeterRegistry", "1", chain_id, address)
        self.meters = {}
        self.announcements = {}
        self.readings = {}

    def market_time(self, now):
        return max(0, now + self.offset)

    def is_final(self, reading, now):
        return now >= reading["at"] + self.correction

    # Meters

    def sound_source(self, rules, source, rating):
        rules.need(source != NOBODY, "source is missing")
        rules.need(0 < rating <= LARGEST_RATING_MWH, "no such rating")

    def registerMeter(self, world, by, meter, household, source, is_device, rating):
        rules = Rules()
        rules.need(self.council.seat(by), "not a registrar")
        rules.need(meter != NO_METER, "meter is missing")
        rules.need(household != NOBODY, "household is missing")
        self.sound_source(rules, source, rating)
        rules.need(meter not in self.meters, "meter is registered")
        rules.hold()
        self.meters[meter] = {
            "household": household,
            "source": source,
            "is_device": is_device,
            "rating": rating,
            "number": 0,
            "read_until": self.first_period(world.now),
        }

    def first_period(self, now):
        """Readings of a meter begin no earlier than they could have led to the time of its registration."""
        start = max(0, self.market_time(now) - self.lead)
        return start - start % self.resolution

    def known(self, rules, meter):
        rules.must(meter in self.meters, "meter is unknown")
        return self.meters[meter]

    def standing(self, terms):
        """An announcement that was not applied or stopped; it may have lapsed."""
        found = self.announcements.get(terms)
        return found if found and found["at"] else None

    def until(self, announcement):
        return announcement["at"] + 2 * self.council.notice

    def announceSource(self, world, by, *terms):
        """The second registrar who announces the same confirms it; what has lapsed is announced anew."""
        rules = Rules()
        meter, source, _, rating = terms
        seat = self.council.seat(by)
        rules.need(seat, "not a registrar")
        self.sound_source(rules, source, rating)
        self.known(rules, meter)
        found = self.standing(terms)
        if found and world.now <= self.until(found):
            rules.need(found["seat"] != seat, "another registrar confirms")
            rules.hold()
            found["confirmed"] = True
            return
        rules.hold()
        self.announcements[terms] = {"at": world.now, "seat": seat, "confirmed": False}

    def announced(self, rules, terms):
        found = self.standing(terms)
        rules.must(found, "source was not announced")
        return found

    def applySource(self, world, by, *terms):
        rules = Rules()
        found = self.announced(rules, terms)
        rules.need(world.now >= found["at"] + self.council.notice, "too early")
        rules.need(world.now <= self.until(found), "too late")
        rules.hold()
        meter, source, is_device, rating = terms
        self.meters[meter].update(source=source, is_device=is_device, rating=rating)
        found.update(at=0, seat=0, confirmed=False)

    def stopSource(self, world, by, *terms):
        rules = Rules()
        found = self.announced(rules, terms)
        may = by == self.meters[terms[0]]["household"] and not found["confirmed"]
        rules.need(may or self.council.seat(by), "not a registrar")
        rules.hold()
        found.update(at=0, seat=0, confirmed=False)

    # Readings

    def report(self, world, by, readings):
        sent = [(reading, None) for reading in readings]
        self.take_in(world, sent, lambda rules, entry, reading, _: self.by_reporter(rules, entry, by))

    def by_reporter(self, rules, entry, by):
        rules.need(not entry["is_device"], "a device signs for this meter")
        rules.need(by == entry["source"], "not the reporter")

    def reportSigned(self, world, by, readings):
        sent = [(signed["reading"], signed["signature"]) for signed in readings]
        self.take_in(world, self.not_brought_yet(sent), self.by_device)

    def not_brought_yet(self, sent):
        """A reading whose number was brought already is passed over, before its signature is looked at."""
        last = {meter: entry["number"] for meter, entry in self.meters.items()}
        new = []
        for reading, signature in sent:
            if reading["number"] > last.get(reading["meter"], 0):
                new.append((reading, signature))
                last[reading["meter"]] = reading["number"]
        return new

    def by_device(self, rules, entry, reading, signature):
        rules.need(entry["is_device"], "no device key")
        signer = self.signer(READING, reading, signature)
        rules.need(signer == entry["source"], "not the source's signature")

    def signer(self, type_text, content, signature):
        """Who has signed a reading or a correction, by name; its meter comes first and is named by its number."""
        meter, *values = content.values()
        digest = typed_digest(self.separator, hash_of(type_text, int(meter[1:]), *values))
        address = signer_of(digest, signature["r"], signature["vs"])
        return self.names.get(address, address)

    def take_in(self, world, readings, check_source):
        """All of a batch or none of it."""
        rules = Rules()
        rules.need(readings, "no reading")
        last = {}
        for reading, signature in readings:
            entry = self.known(rules, reading["meter"])
            check_source(rules, entry, reading, signature)
            number, read_until = last.get(reading["meter"], (entry["number"], entry["read_until"]))
            start = reading["periodStart"]
            rules.need(reading["number"] == number + 1, "number out of turn")
            rules.need(start % self.resolution == 0, "not a whole period")
            rules.need(start >= read_until, "period was read")
            in_time = start + self.resolution <= self.market_time(world.now) + self.lead
            rules.need(in_time, "reading of the future")
            within = max(reading["producedMwh"], reading["consumedMwh"]) <= entry["rating"]
            rules.need(within, "beyond the rating")
            last[reading["meter"]] = (number + 1, start + self.resolution)
        rules.hold()
        for reading, _ in readings:
            entry = self.meters[reading["meter"]]
            entry["number"] += 1
            entry["read_until"] = reading["periodStart"] + self.resolution
            self.readings[(reading["meter"], reading["periodStart"])] = {
                "produced": reading["producedMwh"],
                "consumed": reading["consumedMwh"],
                "at": world.now,
                "number": reading["number"],
                "corrections": 0,
            }

    def correct(self, world, by, correction, by_source, by_registrar):
        rules = Rules()
        meter, start = correction["meter"], correction["periodStart"]
        entry = self.known(rules, meter)
        source = self.signer(CORRECTION, correction, by_source)
        registrar = self.signer(CORRECTION, correction, by_registrar)
        rules.need(source == entry["source"], "not the source's signature")
        rules.need(self.council.seat(registrar), "not a registrar's signature")
        rules.need(source != registrar, "one key signed twice")
        new = {"produced": correction["newProducedMwh"], "consumed": correction["newConsumedMwh"]}
        rules.need(max(new.values()) <= entry["rating"], "beyond the rating")
        old = self.readings.get((meter, start))
        rules.need(start % self.resolution == 0, "not a whole period")
        if old is None:
            rules.need(start < entry["read_until"], "not skipped")
            old = {"produced": 0, "consumed": 0, "corrections": 0, "at": world.now, "number": 0}
            before = 0
        else:
            rules.need(not self.is_final(old, world.now), "reading is final")
            before = old["corrections"]
        rules.need(correction["correction"] == before, "correction out of turn")
        stands = (old["produced"], old["consumed"]) == (correction["oldProducedMwh"], correction["oldConsumedMwh"])
        rules.need(stands, "another value stands")
        rules.hold()
        self.readings[(meter, start)] = {**old, **new, "corrections": before + 1}

    def snapshot(self, out, now):
        for meter, entry in self.meters.items():
            out["registry.meter.%s" % meter] = [
                entry["household"],
                entry["rating"],
                entry["is_device"],
                entry["source"],
                entry["number"],
                entry["read_until"],
            ]
        for (meter, source, is_device, rating), found in self.announcements.items():
            key = "registry.announced.%s.%s.%d.%d" % (meter, source, is_device, rating)
            out[key] = [found["at"], found["seat"], found["confirmed"]]
        for (meter, start), reading in self.readings.items():
            out["registry.reading.%s.%d" % (meter, start)] = [
                reading["produced"],
                reading["consumed"],
                reading["at"],
                reading["number"],
                reading["corrections"],
                self.is_final(reading, now),
            ]
