// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

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

enum PayoutState {
    None,
    Pending,
    Paid,
    Cancelled
}

/// @dev The bank holds the tokens of a payout until it is paid or cancelled.
struct Payout {
    address holder;
    PayoutState state;
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

using {isGiven} for MoneyReference global;
using {isChosen} for Destination global;
using {isSet, isReached, movedBeyondNow} for DueDate global;

/// @dev The reference of a payout that was not paid yet.
MoneyReference constant NOT_YET = MoneyReference.wrap(0);
DueDate constant NEVER = DueDate.wrap(0);

function isGiven(MoneyReference moneyReference) pure returns (bool) {
    return MoneyReference.unwrap(moneyReference) != 0;
}

function isChosen(Destination destination) pure returns (bool) {
    return Destination.unwrap(destination) != 0;
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
        address indexed operator, address indexed to, MoneyReference indexed moneyReference, Tokens tokens
    );
    event Redeemed(address indexed holder, Tokens tokens, Coins coins, Rate rate);
    event PayoutRequested(PayoutId indexed payoutId, address indexed holder, Tokens tokens, Destination destination);
    event PayoutPaid(
        PayoutId indexed payoutId,
        address indexed holder,
        address indexed operator,
        Tokens tokens,
        MoneyReference moneyReference
    );
    event PayoutCancelled(PayoutId indexed payoutId, address indexed holder, Tokens tokens);
    event RatesChanged(address indexed operator, Rate buyRate, Rate redeemRate);
    event LimitChanged(address indexed operator, address indexed changedBy, Tokens limit);
    event Deposited(address indexed from, Coins coins);
    event Withdrawn(address indexed operator, Coins coins);
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

    error ReserveTooSmall(Coins available, Coins needed);
    error LimitExceeded(Tokens available, Tokens needed);
    error BackingNeeded(Coins available, Coins needed);
}
