// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Fills, OrderSheet, Ranking} from "./OrderSheet.sol";
import {Meeting, chosen, meet, payAt, shareOut} from "./Pairing.sol";

// McAfee's double auction (1992), each order taken as one agent: the next bid and ask behind those that meet name one price for all, or the
// last two that meet name prices for the others.

function clearMcAfee(OrderSheet memory sheet, Ranking memory ranking) pure returns (Fills memory fills) {
    Meeting memory met = meet(sheet, ranking);
    fills.energies = met.energies;
    fills.amounts = new uint256[](sheet.kinds.length);
    if (met.pairs == 0) return fills;
    uint256 bidTwice = 2 * sheet.prices[ranking.bids[met.lastBid]];
    uint256 askTwice = 2 * sheet.prices[ranking.asks[met.lastAsk]];
    (bool isThere, uint256 twice) = nextPrices(sheet, ranking, met);
    if (isThere && askTwice <= twice && twice <= bidTwice) {
        (bidTwice, askTwice) = (twice, twice);
    } else {
        fills.energies = withoutMargin(sheet, ranking, met);
    }
    payAt(sheet, ranking.bids, fills.energies, bidTwice, fills.amounts);
    payAt(sheet, ranking.asks, fills.energies, askTwice, fills.amounts);
}

/// @dev The sum of the next bid's and ask's prices, where there are both.
function nextPrices(OrderSheet memory sheet, Ranking memory ranking, Meeting memory met)
    pure
    returns (bool isThere, uint256 twice)
{
    (uint256 b, uint256 a) = (met.lastBid + 1, met.lastAsk + 1);
    if (b >= ranking.bids.length || a >= ranking.asks.length) return (false, 0);
    return (true, sheet.prices[ranking.bids[b]] + sheet.prices[ranking.asks[a]]);
}

/// @dev The orders before the marginal ones trade the smaller of their sums, the longer side pro rata.
function withoutMargin(OrderSheet memory sheet, Ranking memory ranking, Meeting memory met)
    pure
    returns (uint256[] memory energies)
{
    (uint256[] memory wanted, uint256 demand) = chosen(sheet.energies, ranking.bids, met.lastBid);
    (uint256[] memory there, uint256 supply) = chosen(sheet.energies, ranking.asks, met.lastAsk);
    uint256 energy = demand < supply ? demand : supply;
    if (energy == 0) return new uint256[](sheet.kinds.length);
    energies = shareOut(sheet, energy, wanted, demand);
    uint256[] memory sold = shareOut(sheet, energy, there, supply);
    for (uint256 i = 0; i < met.lastAsk; ++i) energies[ranking.asks[i]] = sold[ranking.asks[i]];
}
