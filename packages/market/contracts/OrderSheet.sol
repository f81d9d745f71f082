// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {ASK, BID} from "./OrderActs.sol";
import {Ties, tieHash} from "./Splits.sol";

/// @dev The orders of a period; all lists are by act. What is no order that stands has another kind.
struct OrderSheet {
    uint256[] kinds;
    uint256[] energies;
    uint256[] prices;
    Ties ties;
}

/// @dev Orders of both sides by their acts, the best first: the dearest bids, the cheapest asks.
struct Ranking {
    uint256[] bids;
    uint256[] asks;
}

/// @dev What orders got, by act: energy, and what a bid pays or an ask gets.
struct Fills {
    uint256[] energies;
    uint256[] amounts;
}

error NotRanked(uint256 place, uint256 act);

/// @dev The ranking that a caller claims: sixteen acts to a word, the first in the lowest bits; bids, then asks.
function rankingOf(OrderSheet memory sheet, uint256[] calldata words) pure returns (Ranking memory ranking) {
    uint256[] memory kinds = sheet.kinds;
    (uint256 bids, uint256 asks) = (0, 0);
    for (uint256 i = 0; i < kinds.length; ++i) {
        if (kinds[i] == BID) ++bids;
        else if (kinds[i] == ASK) ++asks;
    }
    ranking.bids = ranked(sheet, words, BID, 0, bids);
    ranking.asks = ranked(sheet, words, ASK, bids, asks);
}

/// @dev Each act must stand behind the one before it. So none stands there twice, and as many as there are orders are all of them.
function ranked(OrderSheet memory sheet, uint256[] calldata words, uint256 kind, uint256 first, uint256 count)
    pure
    returns (uint256[] memory acts)
{
    acts = new uint256[](count);
    uint256[] memory kinds = sheet.kinds;
    uint256 previous = 0;
    uint256 hash = 0;
    for (uint256 i = 0; i < count; ++i) {
        uint256 place = first + i;
        uint256 act = (words[place >> 4] >> ((place & 15) << 4)) & 0xffff;
        if (act >= kinds.length || kinds[act] != kind) revert NotRanked(place, act);
        bool isBehind = true;
        if (i != 0) (isBehind, hash) = follows(sheet, previous, hash, act);
        if (!isBehind) revert NotRanked(place, act);
        acts[i] = act;
        previous = act;
    }
}

/// @dev Whether an act stands behind another by price, tie hash, an owner's own by size, and by place among the acts.
/// @param hash of the other's owner, 0 where nobody has needed it
function follows(OrderSheet memory sheet, uint256 other, uint256 hash, uint256 act)
    pure
    returns (bool isBehind, uint256 ownHash)
{
    uint256[] memory prices = sheet.prices;
    (uint256 price, uint256 before) = (prices[act], prices[other]);
    if (price != before) return ((price > before) == (sheet.kinds[act] == ASK), 0);
    address[] memory owners = sheet.ties.owners;
    (address owner, address othersOwner) = (owners[act], owners[other]);
    if (owner == othersOwner) {
        (uint256 energy, uint256 more) = (sheet.energies[act], sheet.energies[other]);
        return (energy == more ? act > other : energy < more, hash);
    }
    if (hash == 0) hash = tieHash(sheet.ties.period, othersOwner);
    ownHash = tieHash(sheet.ties.period, owner);
    return (ownHash > hash, ownHash);
}
