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
        (uint256[] memory bandOf, uint256[] memory places) = bandsOf(ledger);
        uint256 size = ledger.size;
        Sums[] memory kept = new Sums[](places.length * size);
        uint256[] memory imported = new uint256[](places.length);
        uint256[] memory exported = new uint256[](places.length);
        for (uint256 b = 0; b < places.length; ++b) {
            bytes32 group = bytes32(places[b]);
            for (uint256 i = 0; i < size; ++i) kept[b * size + i] = sums[keyOf(ledger.ties.owners[i], group)];
        }
        for (uint256 k = 0; k < ledger.count; ++k) {
            enterPeriod(ledger, k);
            addPeriod(ledger, kept, bandOf[k] * size);
            (uint256 need, uint256 surplus) = (ledger.need, ledger.surplus);
            if (need > surplus) imported[bandOf[k]] += need - surplus;
            else exported[bandOf[k]] += surplus - need;
            chargePoolFees(ledger);
        }
        for (uint256 b = 0; b < places.length; ++b) {
            bytes32 group = bytes32(places[b]);
            for (uint256 i = 0; i < size; ++i) {
                Sums memory own = kept[b * size + i];
                if (own.need + own.surplus != 0) sums[keyOf(ledger.ties.owners[i], group)] = own;
            }
            Band memory band = bands[places[b]];
            band.imported += uint128(imported[b]);
            band.exported += uint128(exported[b]);
            bands[places[b]] = band;
        }
    }

    // ---- Parts that several functions use

    function addPeriod(Ledger memory ledger, Sums[] memory kept, uint256 first) private pure {
        uint256 tariff = Price.unwrap(ledger.price.tariff);
        for (uint256 i = 0; i < ledger.size; ++i) {
            Sums memory own = kept[first + i];
            if (ledger.needs[i] != 0) {
                ledger.locked[i] -= lockedFor(own.need, tariff);
                own.need += uint128(ledger.needs[i]);
                ledger.locked[i] += lockedFor(own.need, tariff);
            }
            own.surplus += uint128(ledger.surpluses[i]);
        }
    }

    function billBand(Ledger memory ledger, Band memory band) private {
        ledger.period = MeterTime.wrap(band.first);
        ledger.ties.period = ledger.period;
        bytes32 group = bytes32(bands.length - 1);
        (ledger.need, ledger.surplus) = (0, 0);
        for (uint256 i = 0; i < ledger.size; ++i) {
            Sums memory own = sums[keyOf(ledger.ties.owners[i], group)];
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
    /// @return places of the ledger's bands in the list
    function bandsOf(Ledger memory ledger) private returns (uint256[] memory bandOf, uint256[] memory places) {
        bandOf = new uint256[](ledger.count);
        uint256[] memory seen = new uint256[](ledger.count);
        uint256 count = 0;
        for (uint256 k = 0; k < ledger.count; ++k) {
            Prices memory price = ledger.prices[k];
            uint256 b = 0;
            while (b < k && !(price.tariff == ledger.prices[b].tariff && price.feedIn == ledger.prices[b].feedIn)) ++b;
            if (b < k) {
                bandOf[k] = bandOf[b];
                continue;
            }
            bandOf[k] = count;
            seen[count++] = placeOf(price, inSeconds(ledger.from) + k * ledger.step);
        }
        places = new uint256[](count);
        for (uint256 b = 0; b < count; ++b) places[b] = seen[b];
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
