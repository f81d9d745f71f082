// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Ties, splitInto} from "./Splits.sol";
import {MWH_PER_TOKEN, MeterTime} from "./Units.sol";

// Matching by choice: rank by rank every buyer asks its sources of that rank for their shares of what it still needs; a seller with less
// than it is asked for shares it among those who ask, pro rata.

/// @dev Shares are counted in hundredths of a per cent of a need.
uint256 constant FULL_SHARE = 10_000;
/// @dev Most sources of a home, and most neighbours for whom it reserves.
uint256 constant MOST_PEERS = 16;

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

/// @dev Room that all ranks and periods of a call share. Requests are words: place of the seller (80 bits above 176), of the buyer (16 above
///      160), energy below.
struct PeerRoom {
    uint256[] requests;
    uint256[] sorted;
    uint256[] next;
    // Of one buyer's sources.
    uint256[] weights;
    uint256[] parts;
    Ties ties;
    // Of one seller's buyers, by how many they are; empty until so many have been.
    BuyerRoom[] buyers;
}

/// @dev Room to share among so many buyers, which all sellers with so many use.
struct BuyerRoom {
    uint256[] weights;
    uint256[] parts;
    Ties ties;
}

/// @dev Room for members with so many sources together.
function newPeerRoom(uint256 members, uint256 sources) pure returns (PeerRoom memory) {
    return PeerRoom(
        new uint256[](sources),
        new uint256[](sources),
        new uint256[](members + 1),
        new uint256[](MOST_PEERS),
        new uint256[](MOST_PEERS),
        Ties(MeterTime.wrap(0), new address[](MOST_PEERS), new uint256[](MOST_PEERS)),
        new BuyerRoom[](members + 1)
    );
}

function rankOf(uint256 source) pure returns (uint256) {
    return (source >> 176) & 0xff;
}

function shareOf(uint256 source) pure returns (uint256) {
    return (source >> 160) & 0xffff;
}

/// @dev Place of the seller of a trade or request.
function sellerIn(uint256 trade) pure returns (uint256) {
    return trade >> 176;
}

/// @dev Place of its buyer.
function buyerIn(uint256 trade) pure returns (uint256) {
    return (trade >> 160) & 0xffff;
}

/// @dev Its energy, mWh.
function energyIn(uint256 trade) pure returns (uint256) {
    return trade & type(uint160).max;
}

/// @dev Trades of one rank by seller and then by buyer, as the first `count` words of `room.sorted`; what they take is taken from `needs` and
///      `left`.
function matchRank(Peers memory peers, uint256 rank, uint256[] memory needs, uint256[] memory left, PeerRoom memory room)
    pure
    returns (uint256 count)
{
    count = askAll(peers, rank, needs, room);
    sortBySeller(room, count);
    uint256[] memory trades = room.sorted;
    for (uint256 first = 0; first < count;) {
        uint256 seller = sellerIn(trades[first]);
        uint256 end = first;
        uint256 asked = 0;
        while (end < count && sellerIn(trades[end]) == seller) asked += energyIn(trades[end++]);
        if (asked > left[seller]) shareOut(peers, room, first, end, asked, left[seller]);
        left[seller] -= asked < left[seller] ? asked : left[seller];
        for (; first < end; ++first) needs[buyerIn(trades[first])] -= energyIn(trades[first]);
    }
}

/// @dev What a seller has, to those who ask it for more together, pro rata.
function shareOut(
    Peers memory peers,
    PeerRoom memory room,
    uint256 first,
    uint256 end,
    uint256 asked,
    uint256 given
) pure {
    uint256[] memory trades = room.sorted;
    BuyerRoom memory own = room.buyers[end - first];
    if (own.weights.length == 0) {
        own = BuyerRoom(
            new uint256[](end - first),
            new uint256[](end - first),
            Ties(peers.period, new address[](end - first), new uint256[](end - first))
        );
        room.buyers[end - first] = own;
    }
    own.ties.period = peers.period;
    for (uint256 i = first; i < end; ++i) {
        own.weights[i - first] = energyIn(trades[i]);
        own.ties.owners[i - first] = peers.owners[buyerIn(trades[i])];
    }
    splitInto(own.parts, given, own.weights, asked, own.ties);
    for (uint256 i = first; i < end; ++i) trades[i] = ((trades[i] >> 160) << 160) | own.parts[i - first];
}

/// @dev What every buyer asks of its sources of a rank, as the first `count` words of `room.requests`.
function askAll(Peers memory peers, uint256 rank, uint256[] memory needs, PeerRoom memory room)
    pure
    returns (uint256 count)
{
    room.ties.period = peers.period;
    for (uint256 buyer = 0; buyer < needs.length; ++buyer) {
        if (needs[buyer] != 0) count = ask(peers, rank, buyer, needs[buyer], room, count);
    }
}

/// @dev A buyer asks floor(need · Σ shares / 10000), split by share.
function ask(
    Peers memory peers,
    uint256 rank,
    uint256 buyer,
    uint256 need,
    PeerRoom memory room,
    uint256 count
) pure returns (uint256) {
    uint256[] memory sources = peers.sources[buyer];
    uint256[] memory weights = room.weights;
    uint256 shares = 0;
    for (uint256 i = 0; i < MOST_PEERS; ++i) {
        weights[i] = 0;
        if (i >= sources.length || rankOf(sources[i]) != rank || !isOpenTo(peers, buyer, sources[i])) continue;
        weights[i] = shareOf(sources[i]);
        room.ties.owners[i] = peers.owners[sellerOf(sources[i])];
        shares += weights[i];
    }
    if (shares == 0) return count;
    uint256[] memory parts = room.parts;
    splitInto(parts, (need * shares) / FULL_SHARE, weights, shares, room.ties);
    for (uint256 i = 0; i < sources.length; ++i) {
        if (parts[i] != 0) room.requests[count++] = (sellerOf(sources[i]) << 176) | (buyer << 160) | parts[i];
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

/// @dev Requests in the order of sellers, and as they came among those of one.
function sortBySeller(PeerRoom memory room, uint256 count) pure {
    (uint256[] memory requests, uint256[] memory sorted, uint256[] memory next) = (room.requests, room.sorted, room.next);
    for (uint256 i = 0; i < next.length; ++i) next[i] = 0;
    for (uint256 i = 0; i < count; ++i) ++next[sellerIn(requests[i]) + 1];
    for (uint256 i = 1; i < next.length; ++i) next[i] += next[i - 1];
    for (uint256 i = 0; i < count; ++i) sorted[next[sellerIn(requests[i])]++] = requests[i];
}
