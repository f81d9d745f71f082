// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./BillSharing.sol";

/// @title Sharing by coefficients
/// @notice Each member is allotted a part of the surplus, takes what it needs of it, and pays the local price for that; the rest of either side
///         is the supplier's. France, Spain and Austria have collective self-consumption so.
abstract contract Coefficients is BillSharing {
    uint256 internal constant WHOLE_BPS = 10_000;

    /// @param list fixed parts of the members in the order of their numbers, none: all equal; looked at where `isStatic`, else needs are
    /// @param bps where between feed-in price (0) and tariff (10000) the local price lies
    function shareByCoefficients(Ledger memory ledger, bool isStatic, uint32[] memory list, uint256 bps) internal {
        (uint256[] memory needs, uint256[] memory surpluses) = (ledger.needs, ledger.surpluses);
        uint256 size = ledger.size;
        uint256[] memory weights = isStatic ? new uint256[](size) : needs;
        (uint256[] memory bought, uint256[] memory sold) = (new uint256[](size), new uint256[](size));
        uint256 sum = 0;
        for (uint256 k = 0; k < ledger.count; ++k) {
            enterPeriod(ledger, k);
            (uint256 need, uint256 surplus) = (ledger.need, ledger.surplus);
            (uint256 tariff, uint256 feedIn) = (Price.unwrap(ledger.price.tariff), Price.unwrap(ledger.price.feedIn));
            bool hasFees = ledger.price.gridFee > NO_PRICE;
            if (!isStatic) sum = need;
            else if (k == 0 || !ledger.areAllMembers) sum = weigh(ledger, list, weights);
            // By needs, nobody is allotted more than it needs, and all that they need of a surplus that is enough.
            uint256 traded = isStatic ? (sum == 0 ? 0 : surplus) : need < surplus ? need : surplus;
            if (traded != 0 || hasFees) {
                splitInto(bought, traded, weights, sum, ledger.ties);
                if (isStatic) traded = cutTo(needs, bought);
                else for (uint256 i = 0; i < size; ++i) needs[i] -= bought[i];
                uint256 local = amountAt(traded, feedIn * WHOLE_BPS + (tariff - feedIn) * bps, WHOLE_BPS);
                charge(ledger, bought, traded, local);
                credit(ledger, surpluses, surplus, local);
            }
            if (traded != surplus) {
                splitInto(sold, traded, surpluses, surplus, ledger.ties);
                for (uint256 i = 0; i < size; ++i) surpluses[i] -= sold[i];
                payFromSupplier(ledger, surpluses, surplus - traded, amountAt(surplus - traded, feedIn, 1));
            }
            if (traded != need) {
                uint256 paid = amountAt(need - traded, tariff, 1);
                charge(ledger, needs, need - traded, paid);
                ledger.supplier += int256(paid);
            }
            if (hasFees) chargeFees(ledger, needs, bought);
        }
    }

    /// @dev The coefficients of who is a member in the period that is entered, and their sum.
    function weigh(Ledger memory ledger, uint32[] memory list, uint256[] memory weights) private pure returns (uint256) {
        uint256 start = inSeconds(ledger.period);
        for (uint256 i = 0; i < ledger.size; ++i) {
            if (!isMember(ledger.members[i], start)) weights[i] = 0;
            else weights[i] = list.length == 0 ? 1 : i < list.length ? list[i] : 0;
        }
        return sumOf(weights);
    }

    /// @dev Cuts what is allotted to what is needed, and takes it from there; what is left in sum.
    function cutTo(uint256[] memory needs, uint256[] memory allotted) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < allotted.length; ++i) {
            uint256 value = allotted[i];
            if (value == 0) continue;
            uint256 need = needs[i];
            if (value > need) {
                value = need;
                allotted[i] = value;
            }
            needs[i] = need - value;
            sum += value;
        }
    }
}
