// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Units.sol";

/// @dev What a member does to the orders of a period, in one word, so that a thousand fit a transaction. From the top: number of the
///      member (16 bits) | kind (8) | place of the act that it is about (16) | number of the period (32) | what is told (184): of an order
///      its energy (56 bits above 96) and price (96), of a commitment and what opens it the commitment.
type Act is uint256;

// What became of an act, a fill, is in one word too. From the top: number of the member (16 bits) | kind (8) | energy (56) | amount (96): what a
// bid pays, an ask gets, a forfeited commitment loses | lock (80): what the act has locked.

/// @dev VOID, of fills alone: an order that does not stand, or a commitment that was opened. FORFEIT, of fills alone: one that was not.
uint256 constant VOID = 0;
uint256 constant BID = 1;
uint256 constant ASK = 2;
uint256 constant CANCEL = 3;
uint256 constant COMMIT = 4;
uint256 constant REVEAL = 5;
uint256 constant FORFEIT = 6;

using {memberOf, kindOf, aboutOf, numberOf, toldOf, energyOf, priceOf} for Act global;

function memberOf(Act act) pure returns (uint256) {
    return Act.unwrap(act) >> 240;
}

function kindOf(Act act) pure returns (uint256) {
    return (Act.unwrap(act) >> 232) & 0xff;
}

/// @dev What a cancellation or an opening is about: a place among the acts of the period, from 0.
function aboutOf(Act act) pure returns (uint256) {
    return (Act.unwrap(act) >> 216) & 0xffff;
}

/// @dev The start of the period by its length.
function numberOf(Act act) pure returns (uint256) {
    return (Act.unwrap(act) >> 184) & type(uint32).max;
}

function toldOf(Act act) pure returns (uint256) {
    return Act.unwrap(act) & ((1 << 184) - 1);
}

function energyOf(Act act) pure returns (Energy) {
    return Energy.wrap(uint64((Act.unwrap(act) >> 96) & ((1 << 56) - 1)));
}

function priceOf(Act act) pure returns (Price) {
    return Price.wrap(uint96(Act.unwrap(act)));
}

function isOrder(uint256 kind) pure returns (bool) {
    return kind == BID || kind == ASK;
}

/// @dev Whether an act is of a kind that members post, and says nothing that this kind does not have.
function isPlain(Act act) pure returns (bool) {
    uint256 kind = act.kindOf();
    if (kind == CANCEL) return act.toldOf() == 0;
    if (act.aboutOf() != 0) return false;
    return kind == COMMIT || (isOrder(kind) && act.toldOf() >> 152 == 0 && act.energyOf() > NO_ENERGY);
}

/// @dev What opens a commitment (its place is cut to 16 bits): of the member and period of its order.
function openingWord(Act order, uint256 commitment, bytes32 hash) pure returns (uint256) {
    uint256 head = (order.memberOf() << 240) | (REVEAL << 232) | ((commitment & 0xffff) << 216) | (order.numberOf() << 184);
    return head | Act.wrap(uint256(hash)).toldOf();
}

/// @dev All fits: locks were added up in 80 bits, a bid pays a few units more than its lock at most, an ask gets what bids pay.
function fillOf(Act act, uint256 kind, uint256 energy, uint256 amount, uint256 lock) pure returns (uint256) {
    return (act.memberOf() << 240) | (kind << 232) | (energy << 176) | (amount << 80) | lock;
}

function memberIn(uint256 fill) pure returns (uint256) {
    return fill >> 240;
}

function kindIn(uint256 fill) pure returns (uint256) {
    return (fill >> 232) & 0xff;
}

function energyIn(uint256 fill) pure returns (uint256) {
    return (fill >> 176) & ((1 << 56) - 1);
}

function amountIn(uint256 fill) pure returns (uint256) {
    return (fill >> 80) & type(uint96).max;
}

function lockIn(uint256 fill) pure returns (uint256) {
    return fill & type(uint80).max;
}
