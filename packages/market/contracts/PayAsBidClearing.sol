// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Fills, OrderSheet, Ranking} from "./OrderSheet.sol";
import {MWH_PER_TOKEN} from "./Units.sol";

// Call auction in pairs: the dearest bid meets the cheapest ask, what is left of either goes on to the next. Each pair trades in the
// middle of its two prices, rounded down once.

function clearPayAsBid(OrderSheet memory sheet, Ranking memory ranking) pure returns (Fills memory) {
    uint256[] memory energies = new uint256[](sheet.kinds.length);
    uint256[] memory amounts = new uint256[](sheet.kinds.length);
    (uint256 b, uint256 a) = (0, 0);
    while (b < ranking.bids.length && a < ranking.asks.length) {
        (uint256 bid, uint256 ask) = (ranking.bids[b], ranking.asks[a]);
        if (sheet.prices[bid] < sheet.prices[ask]) break;
        uint256 wanted = sheet.energies[bid] - energies[bid];
        uint256 there = sheet.energies[ask] - energies[ask];
        uint256 energy = wanted < there ? wanted : there;
        uint256 amount = (energy * (sheet.prices[bid] + sheet.prices[ask])) / (2 * MWH_PER_TOKEN);
        energies[bid] += energy;
        energies[ask] += energy;
        amounts[bid] += amount;
        amounts[ask] += amount;
        if (energy == wanted) ++b;
        if (energy == there) ++a;
    }
    return Fills(energies, amounts);
}
