// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Billing.sol";

/// @dev What the pool takes beyond the allowance and gives back for what was left of it, money units for 150 Wh; and what it expects of its
///      members in an accounting period, mWh: it allows them no more.
struct AllowanceTerms {
    Price price;
    Price cashBackPrice;
    uint128 forecastMwh;
}

/// @title A pool with allowances
/// @notice Members give their surplus to the pool without payment, and take from it free of charge up to an allowance, at a price beyond; at
///         the end of an accounting period they get cash back for allowance not used, and their part of what the pool earned with their
///         batteries. The pool is the supplier's: it buys what is missing, sells what is left, and bears what the terms cost it.
contract AllowancePool is Billing {
    /// @dev Added to what is locked of a home: its bill is rounded.
    uint256 private constant BILL_ROUNDING = 4;

    AllowanceTerms private poolTerms;
    /// @dev Of the members in the order of their numbers, mWh; none for those beyond the list. The other ones are of the next accounting
    ///      period, where they differ.
    uint64[] private allowances;
    uint64[] private nextAllowances;

    event AllowancesAnnounced(uint256 indexed number, uint64[] allowances);
    event Closed(uint256 indexed number, Tokens paid, Tokens cashBack, Tokens service);
    error AllowancesTooLarge(uint256 sum, uint256 forecast);

    constructor(MarketRules memory rules_, AllowanceTerms memory terms_, uint64[] memory allowances_, uint64[] memory ends_)
        Billing(rules_, ends_)
    {
        require(ends_.length != 0, "the end of an accounting period is missing");
        poolTerms = terms_;
        requireExpected(allowances_);
        allowances = allowances_;
    }

    /// @notice The supplier says what members are allowed from the next accounting period on, before that begins.
    function announceAllowances(uint64[] calldata list) external {
        (address supplier,, RegistryRules memory all) = terms();
        require(msg.sender == supplier, "only the supplier promises energy");
        require(marketTime(all) < int256(uint256(billingEnd)), "the next accounting period has begun");
        require(list.length != 0, "the allowances are missing");
        requireExpected(list);
        nextAllowances = list;
        emit AllowancesAnnounced(billingNumber + 1, list);
    }

    /// @dev The most that a home can pay for its energy is the pool's price where that is above the tariff.
    function prepare(Ledger memory ledger) internal view override {
        requireInBilling(ledger);
        Price price = poolTerms.price;
        for (uint256 k = 0; k < ledger.count; ++k) if (price > ledger.prices[k].tariff) ledger.prices[k].tariff = price;
    }

    /// @dev Takes down what was needed, and locks what it costs beyond the allowance.
    function sharePeriods(Ledger memory ledger) internal override {
        (uint256[] memory allowed, uint256[] memory taken) = readSums(ledger);
        Price price = poolTerms.price;
        for (uint256 k = 0; k < ledger.count; ++k) {
            enterPeriod(ledger, k);
            for (uint256 i = 0; i < ledger.size; ++i) {
                if (ledger.needs[i] == 0) continue;
                ledger.locked[i] -= lockedFor(taken[i], allowed[i], price);
                taken[i] += ledger.needs[i];
                ledger.locked[i] += lockedFor(taken[i], allowed[i], price);
            }
            chargePoolFees(ledger);
        }
        for (uint256 i = 0; i < ledger.size; ++i) {
            if (taken[i] != 0) sums[slotOf(i, 0)] = NO_SUMS | taken[i];
        }
    }

    /// @notice Closes an accounting period that is settled to its end: by the supplier, who says what batteries gave when they were called and
    ///         what the pool earned with them. Where it stays silent anyone closes without both.
    /// @param calledMwh of the members in the order of their numbers, mWh; empty where no battery was called
    /// @param serviceIncome money units
    function close(uint64[] calldata calledMwh, Tokens serviceIncome) external {
        requireEnded();
        Ledger memory ledger;
        RegistryRules memory all = readAccounts(ledger);
        if (msg.sender != ledger.supplierOwner) {
            int256 until = int256(uint256(billingEnd)) + 2 * int256(uint256(silence));
            require(calledMwh.length == 0 && marketTime(all) >= until, "the supplier closes the period first");
        }
        require(calledMwh.length == 0 || calledMwh.length == ledger.size, "each member has one number");
        ledger.from = MeterTime.wrap(billingStart);
        (ledger.period, ledger.ties.period) = (ledger.from, ledger.from);
        (uint256 paid, uint256 cashBack) = bill(ledger);
        for (uint256 i = 0; i < ledger.size; ++i) ledger.needs[i] = calledMwh.length == 0 ? 0 : calledMwh[i];
        uint256 called = sumOf(ledger.needs);
        // Without a battery that was called nobody has a part in the income, and the pool keeps it.
        Tokens service = called == 0 ? NO_TOKENS : serviceIncome;
        payFromSupplier(ledger, ledger.needs, called, Tokens.unwrap(service));
        emit Closed(billingNumber, Tokens.wrap(paid), Tokens.wrap(cashBack), service);
        writeAccounts(ledger, MeterTime.wrap(billingEnd));
        if (nextAllowances.length != 0) allowances = nextAllowances;
        delete nextAllowances;
        beginNext();
    }

    /// @notice The terms, and what members are allowed in the accounting period that runs, mWh in the order of their numbers.
    function allowanceTerms() external view returns (AllowanceTerms memory, uint64[] memory) {
        return (poolTerms, allowances);
    }

    /// @dev What each home pays beyond its allowance, and gets back for what it left of it.
    function bill(Ledger memory ledger) private returns (uint256 paid, uint256 cashBack) {
        (uint256[] memory allowed, uint256[] memory taken) = readSums(ledger);
        (Price price, uint256 cashBackPrice) = (poolTerms.price, Price.unwrap(poolTerms.cashBackPrice));
        for (uint256 i = 0; i < ledger.size; ++i) {
            (uint256 need, uint256 allowance) = (taken[i], allowed[i]);
            ledger.locked[i] -= lockedFor(need, allowance, price);
            if (need != 0) sums[slotOf(i, 0)] = NO_SUMS;
            uint256 amount = need > allowance ? amountAt(need - allowance, Price.unwrap(price), 1) : 0;
            ledger.paid[i] += amount;
            paid += amount;
            ledger.needs[i] = allowance > need ? amountAt(allowance - need, cashBackPrice, 1) : 0;
            cashBack += ledger.needs[i];
        }
        ledger.supplier += int256(paid);
        payFromSupplier(ledger, ledger.needs, cashBack, cashBack);
    }

    /// @dev What members are allowed, who take part in the accounting period that runs, and what they have taken.
    function readSums(Ledger memory ledger) private view returns (uint256[] memory allowed, uint256[] memory taken) {
        uint64[] memory list = allowances;
        (allowed, taken) = (new uint256[](ledger.size), new uint256[](ledger.size));
        for (uint256 i = 0; i < ledger.size; ++i) {
            Member memory member = ledger.members[i];
            taken[i] = sums[slotOf(i, 0)] & SUM_MASK;
            if (i < list.length && member.from < billingEnd && member.until > billingStart) allowed[i] = list[i];
        }
    }

    function lockedFor(uint256 need, uint256 allowance, Price price) private pure returns (uint256) {
        return need > allowance ? amountAt(need - allowance, Price.unwrap(price), 1) + BILL_ROUNDING : 0;
    }

    function requireExpected(uint64[] memory list) private view {
        uint256 sum = 0;
        for (uint256 i = 0; i < list.length; ++i) sum += list[i];
        if (sum > poolTerms.forecastMwh) revert AllowancesTooLarge(sum, poolTerms.forecastMwh);
    }
}
