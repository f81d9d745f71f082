// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {clearMcAfee} from "./McAfeeClearing.sol";
import "./OrderLog.sol";
import {Ranking, rankingOf} from "./OrderSheet.sol";
import {clearPayAsBid} from "./PayAsBidClearing.sol";
import {clearUniform} from "./UniformClearing.sol";

/// @dev How the prices of a call auction come about.
enum Pricing {
    Uniform,
    McAfee,
    PayAsBid
}

/// @title A call auction
/// @notice Orders of a period are collected until its gate closes and cleared together: in order of price, equal prices by a hash that
///         nobody chooses, so it does not matter who came first. Brooklyn Microgrid's TransActive Grid traded by `Uniform`.
contract CallAuction is OrderLog {
    /// @notice 0 one price for all, 1 by McAfee's rule, 2 every pair at its own.
    Pricing public immutable pricing;

    constructor(MarketRules memory marketRules, OrderRules memory orderRules, Pricing pricing_)
        OrderLog(marketRules, orderRules)
    {
        pricing = pricing_;
    }

    /// @notice Clears a period, once: anyone may, when its gate has closed.
    /// @param number the start of the period by its length
    /// @param hint entries of the grid with the prices of the period
    /// @param acts all acts of the period, as they were posted
    /// @param ranking the orders that stand, by their places among the acts, sixteen to a word, the first in the lowest bits: bids, the
    ///        dearest first, then asks, the cheapest first; equal prices by keccak256(period, owner), an owner's own by size
    function clear(uint256 number, PriceHint calldata hint, uint256[] calldata acts, uint256[] calldata ranking)
        external
    {
        OrderSheet memory sheet = sheetFrom(number, hint, acts);
        for (uint256 i = 0; i < acts.length; ++i) {
            if (sheet.kinds[i] == CANCEL && isCancelling(sheet, acts, i)) {
                sheet.kinds[Act.wrap(acts[i]).aboutOf()] = VOID;
            }
        }
        keepFills(number, acts, sheet, fillsOf(sheet, rankingOf(sheet, ranking)));
    }

    function fillsOf(OrderSheet memory sheet, Ranking memory ranking) private view returns (Fills memory) {
        Pricing pricing_ = pricing;
        if (pricing_ == Pricing.Uniform) return clearUniform(sheet, ranking);
        return pricing_ == Pricing.McAfee ? clearMcAfee(sheet, ranking) : clearPayAsBid(sheet, ranking);
    }
}
