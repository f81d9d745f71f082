// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Units.sol";

// What a market with orders keeps of them, and what it tells.

/// @dev How many periods are open for orders at once.
uint256 constant HORIZON = 24;
/// @dev Acts that a member has in a period; in a sealed market a commitment and its opening are one each.
uint256 constant ACTS_OF_A_MEMBER = 3;
/// @dev The most that a period can take: they and their ranking are 52,224 of the 65,536 bytes that a transaction may have.
uint256 constant ACTS_OF_A_PERIOD = 1_536;
/// @dev Periods that can have acts and are not settled yet: so many sheets there are, and none more is needed for ever.
uint256 constant SHEETS = 256;

/// @dev What the genesis decides about the orders of a market.
struct OrderRules {
    /// An order comes at least so long before its period begins, seconds.
    Duration gateSeconds;
    /// Tariff and fees up to which what an order locks is enough for it; 72 bits each.
    Price coveredTariff;
    Price coveredFee;
    /// Acts that a period takes, so that its clearing fits a block of the network; a clearing takes some 6,000 gas an act.
    uint16 mostActs;
    /// Where orders are sealed: blocks in which commitments are opened, at least 12. 0: orders are open.
    uint8 revealBlocks;
    /// Where orders are sealed: what a commitment locks, and loses when it is not opened.
    Tokens sealDeposit;
}

/// @dev What every act needs of the rules, in one word.
struct OrderTerms {
    uint24 resolution;
    uint24 gate;
    int40 marketTimeOffset;
    uint8 revealBlocks;
    uint16 mostActs;
    uint72 coveredTariff;
    uint72 coveredFee;
}

/// @dev The acts of one period, in one word, which is never 0: writing it costs the same for the first and for every act.
struct Sheet {
    /// Their hash chain; once they are cleared, the hash of what became of them.
    uint184 digest;
    /// Which of the periods that share this place, from 1; 0: none, nobody has posted for one that is not settled.
    uint16 lap;
    uint16 acts;
    /// The last block in which commitments are opened; 0: nobody has begun with it.
    uint32 revealUntil;
    bool isCleared;
}

/// @dev How many acts a member has in each of the next periods, two bits each, the first one's lowest; above them the number of the first.
type Marks is uint64;

uint256 constant MARK_BITS = 2 * HORIZON;
uint256 constant ALL_MARKS = (1 << MARK_BITS) - 1;

using {movedTo, marked, reach} for Marks global;

/// @dev The same from a later period on; what was before it is forgotten. Numbers are taken modulo 65,536: who comes back after exactly so
///      many periods finds old marks, which can only lessen what it may post.
function movedTo(Marks marks, uint256 first) pure returns (Marks) {
    uint256 word = Marks.unwrap(marks);
    uint256 steps = (first - (word >> MARK_BITS)) & 0xffff;
    return Marks.wrap(uint64(((first & 0xffff) << MARK_BITS) | ((word & ALL_MARKS) >> (2 * steps))));
}

/// @dev With one act more in the period that is so many after the first.
function marked(Marks marks, uint256 ahead) pure returns (Marks) {
    uint256 word = Marks.unwrap(marks);
    if ((word >> (2 * ahead)) & 3 == ACTS_OF_A_MEMBER) revert TooManyActs(ahead, ACTS_OF_A_MEMBER);
    return Marks.wrap(uint64(word + (1 << (2 * ahead))));
}

/// @dev How many periods it takes from the first one to behind the last one with an act.
function reach(Marks marks) pure returns (uint256 periods) {
    for (uint256 counts = Marks.unwrap(marks) & ALL_MARKS; counts != 0; counts >>= 2) ++periods;
}

/// @param ahead how many periods after the first that is counted
error TooManyActs(uint256 ahead, uint256 most);

/// @dev What opens a commitment.
struct Opening {
    /// The commitment's place among the acts of its period.
    uint256 commitment;
    /// The order, written as one is in an open market.
    uint256 order;
    bytes32 salt;
}

/// @dev What a market with orders tells; and refuses, with the numbers.
interface OrderEvents {
    /// Acts of a period are numbered from 0, in the order of these events.
    event Posted(uint256 act);
    /// What became of the acts, in their order.
    event Cleared(MeterTime indexed periodStart, uint256[] fills);

    error NotOwnAct(uint256 act, uint256 member);
    error NotAnAct(uint256 act);
    error NotOpen(uint256 number, uint256 first, uint256 last);
    error PeriodFull(uint256 number, uint256 most);
    error EarlierNotSettled(uint256 number, uint256 earlier);
    error GateOpen(uint256 number, uint256 marketTime);
    error RevealOpen(uint256 number, uint256 untilBlock);
    error RevealOver(uint256 number, uint256 untilBlock);
    error AnotherSheet(uint256 number, uint256 acts);
    error ClearedAlready(uint256 number);
    error NotCleared(uint256 number);
    error AnotherResult(uint256 number);
}
