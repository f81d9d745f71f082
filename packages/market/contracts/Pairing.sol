// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {OrderSheet, Ranking} from "./OrderSheet.sol";
import {splitInto} from "./Splits.sol";
import {MWH_PER_TOKEN} from "./Units.sol";

/// @dev How far both sides of a sheet meet: how many pairs, where in the ranking the last one's two stand, what each act trades.
struct Meeting {
    uint256 pairs;
    uint256 lastBid;
    uint256 lastAsk;
    uint256[] energies;
}

/// @dev Walks down both sides while the bid is not below the ask: the largest energy that both sides agree to.
function meet(OrderSheet memory sheet, Ranking memory ranking) pure returns (Meeting memory met) {
    (uint256[] memory bids, uint256[] memory asks) = (ranking.bids, ranking.asks);
    (uint256[] memory prices, uint256[] memory sizes) = (sheet.prices, sheet.energies);
    uint256[] memory energies = new uint256[](sizes.length);
    met.energies = energies;
    (uint256 b, uint256 a) = (0, 0);
    while (b < bids.length && a < asks.length) {
        (uint256 bid, uint256 ask) = (bids[b], asks[a]);
        if (prices[bid] < prices[ask]) break;
        uint256 wanted = sizes[bid] - energies[bid];
        uint256 there = sizes[ask] - energies[ask];
        uint256 energy = wanted < there ? wanted : there;
        energies[bid] += energy;
        energies[ask] += energy;
        met.pairs += 1;
        (met.lastBid, met.lastAsk) = (b, a);
        if (energy == wanted) ++b;
        if (energy == there) ++a;
    }
}

/// @dev Shares a whole among acts by weight, by largest remainder.
function shareOut(OrderSheet memory sheet, uint256 total, uint256[] memory weights, uint256 sum)
    pure
    returns (uint256[] memory shares)
{
    shares = new uint256[](weights.length);
    splitInto(shares, total, weights, sum, sheet.ties);
}

/// @dev What the first `count` of some acts have in a list, 0 for all others; and their sum.
function chosen(uint256[] memory list, uint256[] memory acts, uint256 count)
    pure
    returns (uint256[] memory part, uint256 sum)
{
    part = new uint256[](list.length);
    for (uint256 i = 0; i < count; ++i) {
        uint256 act = acts[i];
        uint256 value = list[act];
        part[act] = value;
        sum += value;
    }
}

/// @dev The money of one side: its total once, rounded down, and split by energy.
/// @param twice the doubled price, so that the middle of two prices is whole
function payAt(
    OrderSheet memory sheet,
    uint256[] memory acts,
    uint256[] memory energies,
    uint256 twice,
    uint256[] memory amounts
) pure {
    (uint256[] memory weights, uint256 energy) = chosen(energies, acts, acts.length);
    uint256[] memory shares = shareOut(sheet, (energy * twice) / (2 * MWH_PER_TOKEN), weights, energy);
    for (uint256 i = 0; i < acts.length; ++i) {
        uint256 act = acts[i];
        amounts[act] = shares[act];
    }
}
