// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Fills, OrderSheet, Ranking} from "./OrderSheet.sol";
import {MWH_PER_TOKEN} from "./Units.sol";

// Call auction in pairs: the dearest bid meets the cheapest ask, what is left of either goes on to the next. Each pair trades in the
// middle of its two prices, rounded down once.

function clearPayAsBid(OrderSheet memory sheet, Ranking memory ranking) pure returns (Fills memory) {
    (uint256[] memory bids, uint256[] memory asks) = (ranking.bids, ranking.asks);
    (uint256[] memory prices, uint256[] memory sizes) = (sheet.prices, sheet.energies);
    uint256[] memory energies = new uint256[](sizes.length);
    uint256[] memory amounts = new uint256[](sizes.length);
    (uint256 b, uint256 a) = (0, 0);
    while (b < bids.length && a < asks.length) {
        (uint256 bid, uint256 ask) = (bids[b], asks[a]);
        if (prices[bid] < prices[ask]) break;
        uint256 wanted = sizes[bid] - energies[bid];
        uint256 there = sizes[ask] - energies[ask];
        uint256 energy = wanted < there ? wanted : there;
        uint256 amount = (energy * (prices[bid] + prices[ask])) / (2 * MWH_PER_TOKEN);
        energies[bid] += energy;
        energies[ask] += energy;
        amounts[bid] += amount;
        amounts[ask] += amount;
        if (energy == wanted) ++b;
        if (energy == there) ++a;
    }
    return Fills(energies, amounts);
}
