// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

// What the contracts count, each kind a type of its own: the compiler refuses a price where an energy is meant.
// At the edges (arguments, results, events) they are plain numbers.

/// @dev Electric energy in milliwatt-hours (mWh).
type Energy is uint64;
/// @dev Energy Tokens in token units: 10^18 of them are one token, which stands for 150 Wh.
type Tokens is uint256;
/// @dev What energy costs: token units for 150 Wh.
type Price is uint128;
/// @dev Coins in wei.
type Coins is uint256;
/// @dev What a token costs at the bank: wei for one whole token.
type Rate is uint256;
/// @dev A moment on the meter's clock in seconds. It names the start of a period and is never compared with block time.
type MeterTime is uint64;
/// @dev A moment of the chain: block time in seconds since 1970.
type BlockTime is uint64;
/// @dev A length of time in seconds.
type Duration is uint64;

Energy constant NO_ENERGY = Energy.wrap(0);
Tokens constant NO_TOKENS = Tokens.wrap(0);
Coins constant NO_COINS = Coins.wrap(0);
Rate constant NO_RATE = Rate.wrap(0);
Duration constant NO_TIME = Duration.wrap(0);

/// @dev Energy that one token stands for: a price is for so many milliwatt-hours.
uint256 constant MWH_PER_TOKEN = 150_000;
/// @dev Token units in one token: a rate is for so many of them.
uint256 constant ONE_TOKEN = 1e18;

using {addEnergy as +, subtractEnergy as -, energyLess as <, energyMore as >, energyEqual as ==} for Energy global;
using {addTokens as +, subtractTokens as -, tokensLess as <, tokensMore as >, tokensEqual as ==} for Tokens global;
using {subtractCoins as -, coinsMore as >} for Coins global;
using {rateAtMost as <=, rateMore as >} for Rate global;
using {meterTimeMore as >} for MeterTime global;
using {blockTimeAtMost as <=, blockTimeMore as >} for BlockTime global;
using {durationMore as >} for Duration global;

// ---- What follows from what

/// @dev What energy costs at a price, rounded down: floor(mWh · price / 150000).
function cost(Energy energy, Price price) pure returns (Tokens) {
    return Tokens.wrap((uint256(Energy.unwrap(energy)) * Price.unwrap(price)) / MWH_PER_TOKEN);
}

/// @dev Tokens that coins buy at a rate, rounded down: floor(wei · 10^18 / rate).
function tokensFor(Coins coins, Rate rate) pure returns (Tokens) {
    return Tokens.wrap((Coins.unwrap(coins) * ONE_TOKEN) / Rate.unwrap(rate));
}

/// @dev Coins that tokens are worth at a rate, rounded down: floor(token units · rate / 10^18).
function coinsFor(Tokens tokens, Rate rate) pure returns (Coins) {
    return Coins.wrap((Tokens.unwrap(tokens) * Rate.unwrap(rate)) / ONE_TOKEN);
}

/// @dev The time of the block that this call is in.
function blockTime() view returns (BlockTime) {
    return BlockTime.wrap(uint64(block.timestamp));
}

/// @dev Numbers for results and events that have no type of their own.
function inSeconds(Duration length) pure returns (uint256) {
    return Duration.unwrap(length);
}

function inSeconds(MeterTime time) pure returns (uint256) {
    return MeterTime.unwrap(time);
}

function inMwh(Energy energy) pure returns (uint256) {
    return Energy.unwrap(energy);
}

/// @dev a − b, or nothing when b is more.
function excess(Energy a, Energy b) pure returns (Energy) {
    return a > b ? a - b : NO_ENERGY;
}

function excess(Tokens a, Tokens b) pure returns (Tokens) {
    return a > b ? a - b : NO_TOKENS;
}

function excess(Coins a, Coins b) pure returns (Coins) {
    return a > b ? a - b : NO_COINS;
}

/// @dev The less of two.
function smaller(Energy a, Energy b) pure returns (Energy) {
    return a < b ? a : b;
}

function smaller(Tokens a, Tokens b) pure returns (Tokens) {
    return a < b ? a : b;
}

// ---- Operators

function addEnergy(Energy a, Energy b) pure returns (Energy) {
    return Energy.wrap(Energy.unwrap(a) + Energy.unwrap(b));
}

function subtractEnergy(Energy a, Energy b) pure returns (Energy) {
    return Energy.wrap(Energy.unwrap(a) - Energy.unwrap(b));
}

function energyLess(Energy a, Energy b) pure returns (bool) {
    return Energy.unwrap(a) < Energy.unwrap(b);
}

function energyMore(Energy a, Energy b) pure returns (bool) {
    return Energy.unwrap(a) > Energy.unwrap(b);
}

function energyEqual(Energy a, Energy b) pure returns (bool) {
    return Energy.unwrap(a) == Energy.unwrap(b);
}

function addTokens(Tokens a, Tokens b) pure returns (Tokens) {
    return Tokens.wrap(Tokens.unwrap(a) + Tokens.unwrap(b));
}

function subtractTokens(Tokens a, Tokens b) pure returns (Tokens) {
    return Tokens.wrap(Tokens.unwrap(a) - Tokens.unwrap(b));
}

function tokensLess(Tokens a, Tokens b) pure returns (bool) {
    return Tokens.unwrap(a) < Tokens.unwrap(b);
}

function tokensMore(Tokens a, Tokens b) pure returns (bool) {
    return Tokens.unwrap(a) > Tokens.unwrap(b);
}

function tokensEqual(Tokens a, Tokens b) pure returns (bool) {
    return Tokens.unwrap(a) == Tokens.unwrap(b);
}

function subtractCoins(Coins a, Coins b) pure returns (Coins) {
    return Coins.wrap(Coins.unwrap(a) - Coins.unwrap(b));
}

function coinsMore(Coins a, Coins b) pure returns (bool) {
    return Coins.unwrap(a) > Coins.unwrap(b);
}

function rateAtMost(Rate a, Rate b) pure returns (bool) {
    return Rate.unwrap(a) <= Rate.unwrap(b);
}

function rateMore(Rate a, Rate b) pure returns (bool) {
    return Rate.unwrap(a) > Rate.unwrap(b);
}

function meterTimeMore(MeterTime a, MeterTime b) pure returns (bool) {
    return MeterTime.unwrap(a) > MeterTime.unwrap(b);
}

function blockTimeAtMost(BlockTime a, BlockTime b) pure returns (bool) {
    return BlockTime.unwrap(a) <= BlockTime.unwrap(b);
}

function blockTimeMore(BlockTime a, BlockTime b) pure returns (bool) {
    return BlockTime.unwrap(a) > BlockTime.unwrap(b);
}

function durationMore(Duration a, Duration b) pure returns (bool) {
    return Duration.unwrap(a) > Duration.unwrap(b);
}
