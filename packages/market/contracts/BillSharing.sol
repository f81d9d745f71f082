// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Billing.sol";

/// @title Bill sharing
/// @notice Over a billing period the members pay together what the community pays the supplier, each by its need, and get what it gets, each
///         by its surplus, in each price band for itself; energy between neighbours is free.
abstract contract BillSharing is Billing {
    /// @dev Periods of a billing period that have the same prices, and what they brought from and to the supplier, mWh.
    struct Band {
        uint96 tariff;
        uint96 feedIn;
        uint64 first;
        // ----
        uint128 imported;
        uint128 exported;
    }

    /// @dev What a call adds up, band by band, member by member: where it is kept, mWh, and what is locked for it.
    struct Kept {
        bytes32[] keys;
        uint256[] needs;
        uint256[] surpluses;
        uint256[] locks;
    }

    /// @dev Added to what is locked for a band: its bill is rounded.
    uint256 private constant BAND_ROUNDING = 4;

    /// @dev Of the billing period that runs; a number is the place + 1.
    Band[] private bands;
    mapping(bytes32 key => uint256 number) private bandNumbers;

    event Billed(uint256 indexed number, Price tariff, Price feedIn, Energy importedMwh, Energy exportedMwh);

    /// @notice Price bands of the billing period that runs, as far as it is settled.
    function bandCount() external view returns (uint256) {
        return bands.length;
    }

    /// @notice Bills up to `most` price bands of a billing period that is settled to its end; with the last one the next begins. By anyone.
    function bill(uint256 most) external {
        requireEnded();
        Ledger memory ledger;
        readAccounts(ledger);
        ledger.from = MeterTime.wrap(billingStart);
        for (; most != 0 && bands.length != 0; --most) {
            billBand(ledger, bands[bands.length - 1]);
            bands.pop();
        }
        writeAccounts(ledger, MeterTime.wrap(billingEnd));
        if (bands.length == 0) beginNext();
    }

    /// @dev Takes down what was needed and left over in each period, and locks what it can cost.
    function collect(Ledger memory ledger) internal {
        requireInBilling(ledger);
        (uint256[] memory bandOf, uint256[] memory firsts, uint256[] memory places) = bandsOf(ledger);
        uint256 size = ledger.size;
        Kept memory kept = keptOf(ledger, firsts, places);
        uint256[] memory imported = new uint256[](places.length);
        uint256[] memory exported = new uint256[](places.length);
        for (uint256 k = 0; k < ledger.count; ++k) {
            enterPeriod(ledger, k);
            uint256 b = bandOf[k];
            addPeriod(ledger, kept, b * size);
            (uint256 need, uint256 surplus) = (ledger.need, ledger.surplus);
            if (need > surplus) imported[b] += need - surplus;
            else exported[b] += surplus - need;
            chargePoolFees(ledger);
        }
        for (uint256 at = 0; at < kept.keys.length; ++at) {
            (uint256 need, uint256 surplus) = (kept.needs[at], kept.surpluses[at]);
            if (need + surplus != 0) sums[kept.keys[at]] = Sums({need: uint128(need), surplus: uint128(surplus)});
        }
        for (uint256 b = 0; b < places.length; ++b) {
            Band memory band = bands[places[b]];
            band.imported += uint128(imported[b]);
            band.exported += uint128(exported[b]);
            bands[places[b]] = band;
        }
    }

    // ---- Parts that several functions use

    /// @dev What members have needed and had so far in the bands of a call: band by band, member by member.
    function keptOf(Ledger memory ledger, uint256[] memory firsts, uint256[] memory places)
        private
        view
        returns (Kept memory kept)
    {
        uint256 size = ledger.size;
        uint256 count = places.length * size;
        kept = Kept(new bytes32[](count), new uint256[](count), new uint256[](count), new uint256[](count));
        uint256 number = billingNumber;
        uint256 at = 0;
        for (uint256 b = 0; b < places.length; ++b) {
            uint256 tariff = Price.unwrap(ledger.prices[firsts[b]].tariff);
            for (uint256 i = 0; i < size; ++i) {
                bytes32 key = keyOf(ledger.ties.owners[i], bytes32(places[b]), number);
                Sums memory own = sums[key];
                kept.keys[at] = key;
                kept.needs[at] = own.need;
                kept.surpluses[at] = own.surplus;
                kept.locks[at++] = lockedFor(own.need, tariff);
            }
        }
    }

    function addPeriod(Ledger memory ledger, Kept memory kept, uint256 first) private pure {
        uint256 tariff = Price.unwrap(ledger.price.tariff);
        (uint256[] memory needs, uint256[] memory surpluses) = (ledger.needs, ledger.surpluses);
        for (uint256 i = 0; i < ledger.size; ++i) {
            uint256 own = needs[i];
            if (own != 0) {
                uint256 need = kept.needs[first + i] + own;
                uint256 locked = lockedFor(need, tariff);
                ledger.locked[i] = ledger.locked[i] + locked - kept.locks[first + i];
                kept.locks[first + i] = locked;
                kept.needs[first + i] = need;
            }
            own = surpluses[i];
            if (own != 0) kept.surpluses[first + i] += own;
        }
    }

    function billBand(Ledger memory ledger, Band memory band) private {
        ledger.period = MeterTime.wrap(band.first);
        ledger.ties.period = ledger.period;
        bytes32 group = bytes32(bands.length - 1);
        uint256 number = billingNumber;
        (ledger.need, ledger.surplus) = (0, 0);
        for (uint256 i = 0; i < ledger.size; ++i) {
            Sums memory own = sums[keyOf(ledger.ties.owners[i], group, number)];
            ledger.needs[i] = own.need;
            ledger.surpluses[i] = own.surplus;
            ledger.need += own.need;
            ledger.surplus += own.surplus;
            ledger.locked[i] -= lockedFor(own.need, band.tariff);
        }
        uint256 paid = amountAt(band.imported, band.tariff, 1);
        charge(ledger, ledger.needs, ledger.need, paid);
        ledger.supplier += int256(paid);
        payFromSupplier(ledger, ledger.surpluses, ledger.surplus, amountAt(band.exported, band.feedIn, 1));
        emit Billed(
            billingNumber,
            Price.wrap(band.tariff),
            Price.wrap(band.feedIn),
            Energy.wrap(uint64(band.imported)),
            Energy.wrap(uint64(band.exported))
        );
    }

    /// @return bandOf which of `places` each period has
    /// @return firsts the first period of each band in the ledger
    /// @return places of the ledger's bands in the list
    function bandsOf(Ledger memory ledger)
        private
        returns (uint256[] memory bandOf, uint256[] memory firsts, uint256[] memory places)
    {
        bandOf = new uint256[](ledger.count);
        uint256[] memory seen = new uint256[](ledger.count);
        uint256 count = 0;
        for (uint256 k = 0; k < ledger.count; ++k) {
            Prices memory price = ledger.prices[k];
            uint256 b = 0;
            while (b < count && !isSame(price, ledger.prices[seen[b]])) ++b;
            bandOf[k] = b;
            if (b == count) seen[count++] = k;
        }
        (firsts, places) = (new uint256[](count), new uint256[](count));
        for (uint256 b = 0; b < count; ++b) {
            firsts[b] = seen[b];
            places[b] = placeOf(ledger.prices[seen[b]], inSeconds(ledger.from) + seen[b] * ledger.step);
        }
    }

    function isSame(Prices memory a, Prices memory b) private pure returns (bool) {
        return a.tariff == b.tariff && a.feedIn == b.feedIn;
    }

    function placeOf(Prices memory price, uint256 start) private returns (uint256) {
        bytes32 key = keccak256(abi.encode(billingNumber, price.tariff, price.feedIn));
        uint256 number = bandNumbers[key];
        if (number != 0) return number - 1;
        bands.push(Band(Price.unwrap(price.tariff), Price.unwrap(price.feedIn), uint64(start), 0, 0));
        bandNumbers[key] = bands.length;
        return bands.length - 1;
    }

    function lockedFor(uint256 need, uint256 tariff) private pure returns (uint256) {
        return need == 0 ? 0 : amountAt(need, tariff, 1) + BAND_ROUNDING;
    }
}
