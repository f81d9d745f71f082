// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Coefficients.sol";

/// @dev How the members of a pool share what they trade with each other.
enum PoolRule {
    MidMarket,
    SupplyDemandRatio,
    BillSharing,
    StaticCoefficients,
    DynamicCoefficients
}

/// @title A community's pool
/// @notice Nobody orders: what the meters show is shared. Neighbours trade at one price of the period, the rest is the supplier's; by
///         coefficients each member is allotted a part of the surplus first.
contract Pool is Coefficients {
    PoolRule private immutable poolRule;
    /// @dev Of coefficients: where between feed-in price (0) and tariff (10000) the local price lies.
    uint256 private immutable localBps;
    /// @dev Of the members in the order of their numbers; where there are none all are equal.
    uint32[] private coefficients;

    constructor(
        MarketRules memory rules_,
        PoolRule rule_,
        uint256 localBps_,
        uint32[] memory coefficients_,
        uint64[] memory billingEnds
    ) Billing(rules_, billingEnds) {
        require(localBps_ <= WHOLE_BPS, "the local price is 0 to 10000 parts of the band");
        require(coefficients_.length <= MAX_MEMBERS, "there are more coefficients than members");
        bool isBilled = billingEnds.length != 0;
        require((rule_ == PoolRule.BillSharing) == isBilled, "bill sharing, and it alone, has billing periods");
        poolRule = rule_;
        localBps = localBps_;
        coefficients = coefficients_;
    }

    function prepare(Ledger memory ledger) internal view override {
        if (poolRule == PoolRule.BillSharing) requireInBilling(ledger);
    }

    function sharePeriods(Ledger memory ledger) internal override {
        PoolRule rule = poolRule;
        if (rule == PoolRule.BillSharing) {
            collect(ledger);
        } else if (rule == PoolRule.StaticCoefficients || rule == PoolRule.DynamicCoefficients) {
            bool isStatic = rule == PoolRule.StaticCoefficients;
            uint32[] memory list;
            if (isStatic) list = coefficients;
            shareByCoefficients(ledger, isStatic, list, localBps);
        } else {
            for (uint256 k = 0; k < ledger.count; ++k) {
                enterPeriod(ledger, k);
                shareAtPrice(ledger, rule == PoolRule.MidMarket);
            }
        }
    }

    /// @notice Which rule the pool has, where its local price lies by coefficients, and the coefficients.
    function poolRules() external view returns (PoolRule rule, uint256 localPriceBps, uint32[] memory list) {
        return (poolRule, localBps, coefficients);
    }

    /// @dev All of the smaller side is traded: each side's total once, and the supplier's for the longer side, split by energy.
    function shareAtPrice(Ledger memory ledger, bool isMidMarket) private {
        (uint256 need, uint256 surplus) = (ledger.need, ledger.surplus);
        (uint256 tariff, uint256 feedIn) = (Price.unwrap(ledger.price.tariff), Price.unwrap(ledger.price.feedIn));
        uint256 localMwh = need < surplus ? need : surplus;
        if (localMwh != 0) {
            uint256 local = isMidMarket ? amountAt(localMwh, tariff + feedIn, 2) : atRatio(localMwh, need, surplus, tariff, feedIn);
            charge(ledger, ledger.needs, need, local);
            credit(ledger, ledger.surpluses, surplus, local);
        }
        if (need > surplus) {
            uint256 paid = amountAt(need - surplus, tariff, 1);
            charge(ledger, ledger.needs, need, paid);
            ledger.supplier += int256(paid);
        } else {
            payFromSupplier(ledger, ledger.surpluses, surplus, amountAt(surplus - need, feedIn, 1));
        }
        chargePoolFees(ledger);
    }

    /// @dev λb · λs · D / ((λb − λs) · S + λs · D) for S < D, λs from there on; without a value where nobody sells at it.
    function atRatio(uint256 localMwh, uint256 need, uint256 surplus, uint256 tariff, uint256 feedIn)
        private
        pure
        returns (uint256)
    {
        if (surplus >= need) return amountAt(localMwh, feedIn, 1);
        uint256 denominator = (tariff - feedIn) * surplus + feedIn * need;
        if (denominator == 0) return amountAt(localMwh, tariff, 1);
        return amountAt(localMwh, tariff * feedIn * need, denominator);
    }
}
