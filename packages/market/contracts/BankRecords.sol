// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Seat} from "./ICouncil.sol";
import {TokenErrors} from "./IEnergyToken.sol";
import "./Units.sol";

// What the bank keeps, and what it tells.

/// @dev What names a payment of money outside the chain.
type MoneyReference is bytes32;
/// @dev Where a payout outside the chain is to go, in words that holder and operators agree on.
type Destination is bytes32;
type PayoutId is uint256;
type OrderId is uint256;
/// @dev When a standing order is to be paid next: block time in seconds; 0 when there is no order or it was cancelled.
type DueDate is uint256;

/// @dev What belongs to a seat of the council, whichever key acts for it.
struct SeatAccount {
    Coins deposit;
    /// @dev Tokens that it may attest in all, and has attested.
    Tokens limit;
    Tokens attested;
}

/// @dev What a buyer pays for a token, and what a holder gets for it, which is never more.
struct Rates {
    Rate buy;
    Rate redeem;
}

/// @dev Rates on their way; `announcedAt` is 0 where there are none.
struct Announcement {
    Rates rates;
    BlockTime announcedAt;
    uint8 announcedBy;
    uint8 confirmedBy;
}

enum RatesState {
    None,
    Announced,
    Confirmed,
    Ready,
    Lapsed
}

enum PayoutState {
    None,
    Pending,
    MarkedPaid,
    Disputed,
    Paid,
    Cancelled
}

enum OrderState {
    None,
    Waiting,
    Due,
    Cancelled
}

/// @dev The bank holds the tokens of a payout until it is paid or cancelled.
struct Payout {
    address holder;
    PayoutState state;
    /// @dev Whose deposit gets the cover, and below from when on unless somebody objects; both once it is marked as paid.
    uint8 payer;
    /// @dev Seat of the operator who denied the payment; 0: the holder did, or nobody.
    uint8 objector;
    BlockTime closesAt;
    Tokens amount;
    Destination destination;
    MoneyReference paidWith;
}

struct StandingOrder {
    address holder;
    Duration interval;
    Tokens amount;
    Destination destination;
    DueDate nextDue;
}

using {isGiven, referenceEqual as ==} for MoneyReference global;
using {isChosen, destinationEqual as ==} for Destination global;
using {isSet, isReached, movedBeyondNow} for DueDate global;

/// @dev The reference of a payout that was not paid yet.
MoneyReference constant NOT_YET = MoneyReference.wrap(0);
DueDate constant NEVER = DueDate.wrap(0);
BlockTime constant UNSET = BlockTime.wrap(0);

function isGiven(MoneyReference moneyReference) pure returns (bool) {
    return MoneyReference.unwrap(moneyReference) != 0;
}

function isChosen(Destination destination) pure returns (bool) {
    return Destination.unwrap(destination) != 0;
}

function referenceEqual(MoneyReference a, MoneyReference b) pure returns (bool) {
    return MoneyReference.unwrap(a) == MoneyReference.unwrap(b);
}

function destinationEqual(Destination a, Destination b) pure returns (bool) {
    return Destination.unwrap(a) == Destination.unwrap(b);
}

function isSet(DueDate due) pure returns (bool) {
    return DueDate.unwrap(due) != 0;
}

function isReached(DueDate due) view returns (bool) {
    return block.timestamp >= DueDate.unwrap(due);
}

/// @dev One interval from now.
function dueAfter(Duration interval) view returns (DueDate) {
    return DueDate.wrap(block.timestamp + inSeconds(interval));
}

/// @dev The next date of the rhythm after now: dates that have passed meanwhile are not made up.
function movedBeyondNow(DueDate due, Duration interval) view returns (DueDate) {
    uint256 intervals = (block.timestamp - DueDate.unwrap(due)) / inSeconds(interval) + 1;
    return DueDate.wrap(DueDate.unwrap(due) + intervals * inSeconds(interval));
}

/// @dev What the bank tells; and refuses, with the numbers.
interface BankEvents is TokenErrors {
    event Bought(address indexed buyer, Coins coins, Tokens tokens, Rate rate);
    event Attested(
        address indexed operator,
        address indexed to,
        MoneyReference indexed moneyReference,
        Tokens tokens,
        Coins cover
    );
    event Redeemed(address indexed holder, Tokens tokens, Coins coins, Rate rate);

    event PayoutRequested(PayoutId indexed payoutId, address indexed holder, Tokens tokens, Destination destination);
    event PayoutMarkedPaid(
        PayoutId indexed payoutId,
        address indexed holder,
        address indexed operator,
        Tokens tokens,
        MoneyReference moneyReference,
        BlockTime closesAt
    );
    event PayoutDisputed(PayoutId indexed payoutId, address indexed holder, address indexed objector);
    event PayoutDecided(PayoutId indexed payoutId, address indexed decidedBy, bool wasPaid);
    event PayoutPaid(PayoutId indexed payoutId, address indexed holder, Seat indexed payer, Tokens tokens, Coins cover);
    event PayoutCancelled(PayoutId indexed payoutId, address indexed holder, Tokens tokens);

    event RatesAnnounced(address indexed operator, Rate buyRate, Rate redeemRate, BlockTime inForceFrom);
    event RatesConfirmed(address indexed operator, Rate buyRate, Rate redeemRate, BlockTime announcedAt);
    event RatesRetracted(address indexed operator, Rate buyRate, Rate redeemRate, BlockTime announcedAt);
    event RatesChanged(Rate buyRate, Rate redeemRate);

    event LimitChanged(Seat indexed seat, address indexed operator, address indexed changedBy, Tokens limit);
    event Deposited(Seat indexed seat, address indexed operator, Coins coins);
    event Withdrawn(Seat indexed seat, address indexed operator, Coins coins);
    event CoverAdded(address indexed from, Coins coins);
    event SurplusShared(address indexed operator, Coins coinsEach);

    event StandingOrderSet(
        OrderId indexed orderId,
        address indexed holder,
        Tokens tokens,
        uint256 intervalSeconds,
        Destination destination,
        DueDate nextDue
    );
    event StandingOrderPaid(OrderId indexed orderId, PayoutId indexed payoutId, DueDate nextDue);
    event StandingOrderUncovered(OrderId indexed orderId, Tokens available, Tokens needed);
    event StandingOrderCancelled(OrderId indexed orderId, address indexed holder);

    error TooLate(BlockTime until, BlockTime nowIs);
    error TooEarly(BlockTime from, BlockTime nowIs);
    error FewerTokens(Tokens tokens, Tokens least);
    error FewerCoins(Coins coins, Coins least);
    error LimitExceeded(Tokens available, Tokens needed);
    error DepositTooSmall(Coins available, Coins needed);
    error CoverTooSmall(Coins available, Coins needed);
    error OtherPayout(PayoutId payoutId, address holder, Tokens tokens, Destination destination);
    error OtherPayment(PayoutId payoutId, address holder, Tokens tokens, MoneyReference moneyReference);
    error OtherStandingOrder(OrderId orderId, address holder, Tokens tokens, Destination destination);
    error OtherRates(Rate buyRate, Rate redeemRate, BlockTime announcedAt);
}
