// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {split} from "./Splits.sol";
import {MWH_PER_TOKEN, MeterTime} from "./Units.sol";

// Matching by choice: rank by rank every buyer asks its sources of that rank for their shares of what it still needs; a seller with less
// than it is asked for shares it among those who ask, pro rata.

/// @dev Shares are counted in hundredths of a per cent of a need.
uint256 constant FULL_SHARE = 10_000;

/// @dev Members of a period, by place: what their meters show, what they ask for 150 Wh, whom they sell to (everybody where it is empty), and
///      their sources, the first rank first, each in one word: from the top the most that is paid (72 bits), rank (8), share (16), and in
///      the lowest bits the place of the seller, from 1; 0: it is no member.
struct Peers {
    MeterTime period;
    address[] owners;
    uint256[] needs;
    uint256[] surpluses;
    uint256[] prices;
    address[][] reservedFor;
    uint256[][] sources;
}

/// @dev What one peer gets from another, both by place. Before it is decided, what it asks for.
struct PeerTrade {
    uint256 seller;
    uint256 buyer;
    uint256 energy;
}

function rankOf(uint256 source) pure returns (uint256) {
    return (source >> 176) & 0xff;
}

function shareOf(uint256 source) pure returns (uint256) {
    return (source >> 160) & 0xffff;
}

/// @dev Trades of one rank, by seller and then by buyer; what they take is taken from `needs` and `left`.
function matchRank(Peers memory peers, uint256 rank, uint256[] memory needs, uint256[] memory left)
    pure
    returns (PeerTrade[] memory trades)
{
    trades = bySeller(requestsOf(peers, rank, needs), peers.owners.length);
    for (uint256 first = 0; first < trades.length;) {
        uint256 seller = trades[first].seller;
        uint256 end = first;
        uint256 asked = 0;
        while (end < trades.length && trades[end].seller == seller) asked += trades[end++].energy;
        uint256 given = asked < left[seller] ? asked : left[seller];
        left[seller] -= given;
        uint256[] memory weights = new uint256[](end - first);
        address[] memory buyers = new address[](end - first);
        for (uint256 i = first; i < end; ++i) {
            weights[i - first] = trades[i].energy;
            buyers[i - first] = peers.owners[trades[i].buyer];
        }
        uint256[] memory parts = split(given, weights, peers.period, buyers);
        for (uint256 i = first; i < end; ++i) {
            trades[i].energy = parts[i - first];
            needs[trades[i].buyer] -= parts[i - first];
        }
        first = end;
    }
}

/// @dev What every buyer asks of each of its sources of a rank: floor(need · Σ shares / 10000) together, split by share.
function requestsOf(Peers memory peers, uint256 rank, uint256[] memory needs)
    pure
    returns (PeerTrade[] memory requests)
{
    uint256 size = 0;
    for (uint256 buyer = 0; buyer < needs.length; ++buyer) size += needs[buyer] == 0 ? 0 : peers.sources[buyer].length;
    PeerTrade[] memory found = new PeerTrade[](size);
    uint256 count = 0;
    for (uint256 buyer = 0; buyer < needs.length; ++buyer) {
        if (needs[buyer] != 0) count = addRequests(peers, rank, buyer, needs[buyer], found, count);
    }
    requests = new PeerTrade[](count);
    for (uint256 i = 0; i < count; ++i) requests[i] = found[i];
}

function addRequests(
    Peers memory peers,
    uint256 rank,
    uint256 buyer,
    uint256 need,
    PeerTrade[] memory found,
    uint256 count
) pure returns (uint256) {
    uint256[] memory sources = peers.sources[buyer];
    uint256[] memory weights = new uint256[](sources.length);
    address[] memory sellers = new address[](sources.length);
    uint256 shares = 0;
    for (uint256 i = 0; i < sources.length; ++i) {
        if (rankOf(sources[i]) != rank || !isOpenTo(peers, buyer, sources[i])) continue;
        weights[i] = shareOf(sources[i]);
        sellers[i] = peers.owners[sellerOf(sources[i])];
        shares += weights[i];
    }
    if (shares == 0) return count;
    uint256[] memory parts = split((need * shares) / FULL_SHARE, weights, peers.period, sellers);
    for (uint256 i = 0; i < sources.length; ++i) {
        if (parts[i] != 0) found[count++] = PeerTrade(sellerOf(sources[i]), buyer, parts[i]);
    }
    return count;
}

/// @dev A source counts where it is a member, asks no more than the buyer pays, and is not reserved for others.
function isOpenTo(Peers memory peers, uint256 buyer, uint256 source) pure returns (bool) {
    if (source & type(uint16).max == 0) return false;
    uint256 seller = sellerOf(source);
    if (peers.prices[seller] > source >> 184) return false;
    address[] memory reserved = peers.reservedFor[seller];
    for (uint256 i = 0; i < reserved.length; ++i) if (reserved[i] == peers.owners[buyer]) return true;
    return reserved.length == 0;
}

function sellerOf(uint256 source) pure returns (uint256) {
    return (source & type(uint16).max) - 1;
}

/// @dev In the order of sellers, and of the list among those of one.
function bySeller(PeerTrade[] memory list, uint256 members) pure returns (PeerTrade[] memory sorted) {
    uint256[] memory next = new uint256[](members + 1);
    for (uint256 i = 0; i < list.length; ++i) ++next[list[i].seller + 1];
    for (uint256 i = 0; i < members; ++i) next[i + 1] += next[i];
    sorted = new PeerTrade[](list.length);
    for (uint256 i = 0; i < list.length; ++i) sorted[next[list[i].seller]++] = list[i];
}
