// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {TokenErrors} from "./IEnergyToken.sol";
import "./IGrid.sol";
import {MeterId, PeriodErrors} from "./IMeterRegistry.sol";
import {Ties} from "./Splits.sol";
import "./Units.sol";

// What the markets of a community keep, what they work on in memory, and what they tell.

/// @dev What the genesis decides about a market.
struct MarketRules {
    /// The community's money, its registry and its grid.
    address money;
    address registry;
    address grid;
    /// Least balance that a member has after joining and withdrawing, money units.
    Tokens depositFloor;
    /// Most that a home can owe to the supplier, money units.
    Tokens advanceLimit;
    /// The first period that is settled.
    MeterTime firstPeriod;
    /// A reading that has not come so long after its period counts as none, seconds of market time.
    Duration silenceSeconds;
}

/// @dev Whose money is held; one word a home. Below 0 the balance is a debt to the supplier.
struct Account {
    int96 balance;
    /// What open orders, and energy that is not billed yet, may need of the balance.
    uint80 locked;
    /// Of the member, from 1; 0: none. With the bit LEFT once it has left.
    uint16 number;
    /// A rule's own.
    uint64 marks;
}

/// @dev Who takes part in the periods that begin from `from` on and before `until`.
struct Member {
    address owner;
    uint48 from;
    uint48 until;
    // ----
    MeterId meter;
}

/// @dev What members traded in a period with each other, in the order of their numbers: energies in mWh, money units; `unlocked` is what
///      was locked for the period and is free again.
struct Trades {
    uint256[] bought;
    uint256[] sold;
    uint256[] paid;
    uint256[] got;
    uint256[] unlocked;
}

/// @dev All accounts in memory while periods are settled: read once and written once a call. Lists are in the order of the members'
///      numbers, number 1 first.
struct Ledger {
    uint256 size;
    /// The periods: start of the first, how many, length in seconds.
    MeterTime from;
    uint256 count;
    uint256 step;
    uint256[] readings; // as the registry packs them: period by period, member by member
    Prices[] prices;
    int256 lateBefore; // a missing reading of a period that begins then or before counts as none
    bool areAllMembers; // in all of the periods
    bool isMeasured; // the one period is entered already
    // ---- Accounts
    Member[] members;
    Account[] accounts; // as they were
    uint256[] means; // their balances and what the supplier advances
    uint256[] paid; // in this call, and got
    uint256[] got;
    uint256[] locked;
    int256 supplier;
    int256 gridOperator;
    int256 fund;
    address supplierOwner;
    address gridOwner;
    Account ofSupplier; // as they were too
    Account ofGrid;
    Account ofFund;
    int256 reserve; // what the supplier must keep
    uint256 advance; // what it advances to a home
    uint256 mostOutlay; // what a rule has room for in what a home may have to pay
    // ---- The period that is entered
    MeterTime period;
    Prices price;
    uint256[] needs;
    uint256[] surpluses;
    uint256 need; // their sums
    uint256 surplus;
    Ties ties;
}

/// @dev What the markets of a community tell; and refuse, with the numbers.
interface MarketEvents is TokenErrors, PeriodErrors, PriceErrors {
    event Deposited(address indexed owner, address indexed from, Tokens amount);
    event Withdrawn(address indexed owner, Tokens amount);
    event Owed(MeterTime indexed periodStart, address indexed owner, Tokens amount);
    event OwedPaid(address indexed owner, Tokens amount);
    event FundShared(Tokens amountEach, uint256 members);
    event Joined(address indexed owner, uint256 indexed number, MeterId meter, MeterTime from);
    event Left(address indexed owner, uint256 indexed number, MeterTime until);
    event ServedOutside(MeterTime indexed periodStart, address indexed owner, bool isRead);
    /// Changes of the members' balances in the order of their numbers, and of the others'.
    event Settled(
        MeterTime indexed from,
        MeterTime until,
        int256[] changes,
        int256 supplierChange,
        int256 gridOperatorChange,
        int256 fundChange
    );

    /// @param free money of the account that nothing needs
    error Uncovered(address owner, int256 free, uint256 needed);
    error NotAnAccount(address owner);
    error NotAMember(address owner, uint256 periodStart);
    error NotNext(uint256 periodStart, uint256 next);
    /// @param owner of a member whose reading is missing or not final
    error PeriodNotReady(uint256 periodStart, address owner);
    error AmountTooLarge(uint256 amount, uint256 largest);
}
