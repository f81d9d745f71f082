// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Billing.sol";

/// @title Bill sharing
/// @notice Over a billing period the members pay together what the community pays the supplier, each by its need, and get what it gets, each
///         by its surplus, in each price band for itself; energy between neighbours is free.
abstract contract BillSharing is Billing {
    /// @dev Periods of a billing period that have the same prices; a word each.
    struct Band {
        uint96 tariff;
        uint96 feedIn;
        uint64 first;
    }

    /// @dev What a band brought from and to the supplier, mWh, and its number in the list, the place + 1: where that names other prices, or
    ///      is not reached, these are of an earlier billing period.
    struct Exchange {
        uint112 imported;
        uint112 exported;
        uint32 number;
    }

    /// @dev The bands of a call, and what they add up. Two bands share the words of sums, need and surplus of the one at an even place in
    ///      the lowest bits; `words` and `locks` are of all members, group by group and band by band.
    struct Kept {
        uint256 count;
        uint256[] bandOf; // by period
        uint256[] first; // period of each band, by the ledger
        uint256[] places;
        Exchange[] exchanges;
        uint256[] groupOf;
        uint256[] groups;
        uint256 groupCount;
        uint256[] words;
        uint256[] locks;
    }

    /// @dev Added to what is locked for a band: its bill is rounded.
    uint256 private constant BAND_ROUNDING = 4;

    /// @dev Of the billing period that runs, and behind them what is left of earlier ones.
    mapping(uint256 place => Band) private bands;
    mapping(bytes32 prices => Exchange) private exchanges;

    event Billed(uint256 indexed number, Price tariff, Price feedIn, Energy importedMwh, Energy exportedMwh);

    /// @notice Price bands of the billing period that runs, as far as it is settled.
    function bandCount() external view returns (uint256) {
        return bandTotal;
    }

    /// @notice Bills up to `most` price bands of a billing period that is settled to its end; with the last one the next begins. By anyone.
    function bill(uint256 most) external {
        requireEnded();
        Ledger memory ledger;
        readAccounts(ledger);
        ledger.from = MeterTime.wrap(billingStart);
        uint256 total = bandTotal;
        for (; most != 0 && total != 0; --most) billBand(ledger, --total);
        writeAccounts(ledger, MeterTime.wrap(billingEnd));
        bandTotal = uint64(total);
        if (total == 0) beginNext();
    }

    /// @dev Takes down what was needed and left over in each period, and locks what it can cost.
    function collect(Ledger memory ledger) internal {
        Kept memory kept = bandsOf(ledger);
        readSums(ledger, kept);
        uint256 size = ledger.size;
        for (uint256 k = 0; k < ledger.count; ++k) {
            enterPeriod(ledger, k);
            uint256 b = kept.bandOf[k];
            addPeriod(ledger, kept, b);
            (uint256 need, uint256 surplus) = (ledger.need, ledger.surplus);
            Exchange memory exchange = kept.exchanges[b];
            if (need > surplus) exchange.imported += uint112(need - surplus);
            else exchange.exported += uint112(surplus - need);
            chargePoolFees(ledger);
        }
        for (uint256 at = 0; at < kept.groupCount * size; ++at) {
            uint256 word = kept.words[at];
            if (word != NO_SUMS) sums[slotOf(at % size, kept.groups[at / size])] = word;
        }
        for (uint256 b = 0; b < kept.count; ++b) {
            exchanges[keyOf(ledger.prices[kept.first[b]])] = kept.exchanges[b];
        }
    }

    // ---- Parts that several functions use

    /// @dev What members have needed and had so far in the bands of a call.
    function readSums(Ledger memory ledger, Kept memory kept) private view {
        uint256 size = ledger.size;
        kept.words = new uint256[](kept.groupCount * size);
        kept.locks = new uint256[](kept.count * size);
        for (uint256 at = 0; at < kept.words.length; ++at) {
            kept.words[at] = NO_SUMS | sums[slotOf(at % size, kept.groups[at / size])];
        }
        for (uint256 b = 0; b < kept.count; ++b) {
            uint256 tariff = Price.unwrap(ledger.prices[kept.first[b]].tariff);
            (uint256 first, uint256 shift) = (kept.groupOf[b] * size, shiftOf(kept.places[b]));
            for (uint256 i = 0; i < size; ++i) {
                kept.locks[b * size + i] = lockedFor((kept.words[first + i] >> shift) & SUM_MASK, tariff);
            }
        }
    }

    function addPeriod(Ledger memory ledger, Kept memory kept, uint256 b) private pure {
        uint256 tariff = Price.unwrap(ledger.price.tariff);
        (uint256[] memory needs, uint256[] memory surpluses) = (ledger.needs, ledger.surpluses);
        (uint256[] memory words, uint256[] memory locks, uint256[] memory locked) = (kept.words, kept.locks, ledger.locked);
        uint256 size = ledger.size;
        uint256 shift = shiftOf(kept.places[b]);
        (uint256 at, uint256 lockAt) = (kept.groupOf[b] * size, b * size);
        for (uint256 i = 0; i < size; ++i) {
            uint256 own = needs[i];
            if (own != 0) {
                uint256 word = words[at] + (own << shift);
                words[at] = word;
                uint256 lock = lockedFor((word >> shift) & SUM_MASK, tariff);
                locked[i] = locked[i] + lock - locks[lockAt];
                locks[lockAt] = lock;
            } else {
                own = surpluses[i];
                if (own != 0) words[at] += own << (shift + SUM_BITS);
            }
            ++at;
            ++lockAt;
        }
    }

    function billBand(Ledger memory ledger, uint256 place) private {
        Band memory band = bands[place];
        ledger.period = MeterTime.wrap(band.first);
        ledger.ties.period = ledger.period;
        uint256 shift = shiftOf(place);
        (ledger.need, ledger.surplus) = (0, 0);
        for (uint256 i = 0; i < ledger.size; ++i) {
            uint256 slot = slotOf(i, place / 2);
            uint256 word = sums[slot];
            (uint256 need, uint256 surplus) = ((word >> shift) & SUM_MASK, (word >> (shift + SUM_BITS)) & SUM_MASK);
            (ledger.needs[i], ledger.surpluses[i]) = (need, surplus);
            ledger.need += need;
            ledger.surplus += surplus;
            ledger.locked[i] -= lockedFor(need, band.tariff);
            // Bands are billed from the last to the first: that of an even place is the last of its two.
            if (shift == 0 && word > NO_SUMS) sums[slot] = NO_SUMS;
        }
        Exchange memory exchange = exchanges[keyOf(band.tariff, band.feedIn)];
        uint256 paid = amountAt(exchange.imported, band.tariff, 1);
        charge(ledger, ledger.needs, ledger.need, paid);
        ledger.supplier += int256(paid);
        payFromSupplier(ledger, ledger.surpluses, ledger.surplus, amountAt(exchange.exported, band.feedIn, 1));
        emit Billed(
            billingNumber,
            Price.wrap(band.tariff),
            Price.wrap(band.feedIn),
            Energy.wrap(uint64(exchange.imported)),
            Energy.wrap(uint64(exchange.exported))
        );
    }

    /// @dev The bands of a ledger's periods; those that are new are added to the list.
    function bandsOf(Ledger memory ledger) private returns (Kept memory kept) {
        uint256 most = ledger.count;
        (kept.bandOf, kept.first, kept.places) = (new uint256[](most), new uint256[](most), new uint256[](most));
        (kept.groupOf, kept.groups, kept.exchanges) = (new uint256[](most), new uint256[](most), new Exchange[](most));
        uint256 total = bandTotal;
        uint256 before = total;
        for (uint256 k = 0; k < most; ++k) {
            Prices memory price = ledger.prices[k];
            uint256 b = 0;
            while (b < kept.count && !isSame(price, ledger.prices[kept.first[b]])) ++b;
            kept.bandOf[k] = b;
            if (b != kept.count) continue;
            kept.first[b] = k;
            ++kept.count;
            Exchange memory exchange = exchanges[keyOf(price)];
            if (!isOf(exchange.number, total, price)) {
                uint64 start = uint64(inSeconds(ledger.from) + k * ledger.step);
                bands[total] = Band(Price.unwrap(price.tariff), Price.unwrap(price.feedIn), start);
                exchange = Exchange(0, 0, uint32(++total));
            }
            kept.exchanges[b] = exchange;
            uint256 place = exchange.number - 1;
            kept.places[b] = place;
            uint256 g = 0;
            while (g < kept.groupCount && kept.groups[g] != place / 2) ++g;
            kept.groupOf[b] = g;
            if (g == kept.groupCount) kept.groups[kept.groupCount++] = place / 2;
        }
        if (total != before) bandTotal = uint64(total);
    }

    /// @dev Whether a number is that of a band of the billing period that runs, with such prices.
    function isOf(uint256 number, uint256 total, Prices memory price) private view returns (bool) {
        if (number == 0 || number > total) return false;
        Band memory band = bands[number - 1];
        return band.tariff == Price.unwrap(price.tariff) && band.feedIn == Price.unwrap(price.feedIn);
    }

    function isSame(Prices memory a, Prices memory b) private pure returns (bool) {
        return a.tariff == b.tariff && a.feedIn == b.feedIn;
    }

    function keyOf(Prices memory price) private pure returns (bytes32) {
        return keyOf(Price.unwrap(price.tariff), Price.unwrap(price.feedIn));
    }

    function keyOf(uint96 tariff, uint96 feedIn) private pure returns (bytes32) {
        return keccak256(abi.encode(tariff, feedIn));
    }

    /// @dev Where in a word the sums of a band begin.
    function shiftOf(uint256 place) private pure returns (uint256) {
        return (place & 1) * 2 * SUM_BITS;
    }

    function lockedFor(uint256 need, uint256 tariff) private pure returns (uint256) {
        return need == 0 ? 0 : amountAt(need, tariff, 1) + BAND_ROUNDING;
    }
}
