// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Fills, OrderSheet, Ranking} from "./OrderSheet.sol";
import {Meeting, meet, payAt, shareOut} from "./Pairing.sol";

// Call auction at one price, the middle of the lowest bid and the highest ask that trade. Orders that are better are filled; those at
// these two prices share what is left of their side pro rata.

function clearUniform(OrderSheet memory sheet, Ranking memory ranking) pure returns (Fills memory fills) {
    Meeting memory met = meet(sheet, ranking);
    fills.energies = met.energies;
    fills.amounts = new uint256[](sheet.kinds.length);
    if (met.pairs == 0) return fills;
    uint256 bidPrice = sheet.prices[ranking.bids[met.lastBid]];
    uint256 askPrice = sheet.prices[ranking.asks[met.lastAsk]];
    shareMargin(sheet, ranking.bids, bidPrice, fills.energies);
    shareMargin(sheet, ranking.asks, askPrice, fills.energies);
    payAt(sheet, ranking.bids, fills.energies, bidPrice + askPrice, fills.amounts);
    payAt(sheet, ranking.asks, fills.energies, bidPrice + askPrice, fills.amounts);
}

/// @dev Shares what the orders at the marginal price got together among them, by size.
function shareMargin(OrderSheet memory sheet, uint256[] memory acts, uint256 price, uint256[] memory energies) pure {
    (uint256[] memory prices, uint256[] memory sizes) = (sheet.prices, sheet.energies);
    uint256[] memory weights = new uint256[](energies.length);
    (uint256 sum, uint256 traded) = (0, 0);
    for (uint256 i = 0; i < acts.length; ++i) {
        uint256 act = acts[i];
        if (prices[act] != price) continue;
        uint256 size = sizes[act];
        weights[act] = size;
        sum += size;
        traded += energies[act];
    }
    // Where all of it trades, everybody has its size already.
    if (traded == sum) return;
    uint256[] memory shares = shareOut(sheet, traded, weights, sum);
    for (uint256 i = 0; i < acts.length; ++i) {
        uint256 act = acts[i];
        if (weights[act] != 0) energies[act] = shares[act];
    }
}
