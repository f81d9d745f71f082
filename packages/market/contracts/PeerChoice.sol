// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./CommunityMarket.sol";
import {PeerRoom, Peers, buyerIn, energyIn, matchRank, newPeerRoom, rankOf, sellerIn} from "./PeerMatching.sol";
import {PeerProof, PeerTerms, Standing, chainOf, requireStanding, requireTerms} from "./PeerTerms.sol";

/// @title A market of chosen neighbours
/// @notice Homes say once from whom they buy, in ranks with shares, and at what price they sell, to everybody or to some. What the meters
///         show is shared out by that; the rest comes from the supplier. Piclo, PowerPeers and Vandebron trade so.
contract PeerChoice is CommunityMarket {
    mapping(address owner => Standing) private standings;

    event Stands(address indexed owner, uint32 from, PeerTerms terms);
    /// @notice Who supplied whom: a line of the buyer's statement. The rest of its import came from the supplier.
    event Supplied(
        MeterTime indexed periodStart,
        address indexed buyer,
        address indexed seller,
        uint256 rank,
        uint256 energyMwh,
        uint256 amount
    );

    error StandsAlready(address owner, uint256 from);

    constructor(MarketRules memory marketRules) CommunityMarket(marketRules) {}

    /// @notice How the caller trades from the next period on; once a period.
    function stand(PeerTerms calldata terms) external {
        uint16 number = accounts[msg.sender].number;
        (,, RegistryRules memory all) = meters.terms();
        uint256 time = uint256(int256(block.timestamp) + all.marketTimeOffset);
        uint32 from = uint32(time / inSeconds(all.resolutionSeconds) + 1);
        if (number == 0 || number >= LEFT) revert NotAMember(msg.sender, from * inSeconds(all.resolutionSeconds));
        requireTerms(terms);
        Standing memory standing = standings[msg.sender];
        if (standing.from >= from) revert StandsAlready(msg.sender, standing.from);
        standings[msg.sender] = Standing(chainOf(standing.chain, from, keccak256(abi.encode(terms))), from);
        emit Stands(msg.sender, from, terms);
    }

    /// @notice The chain of a home's terms, and the number of the period from which on its last ones hold.
    function standingOf(address owner) external view returns (uint224 chain, uint32 from) {
        Standing memory standing = standings[owner];
        return (standing.chain, standing.from);
    }

    /// @notice Settles periods in which nobody's terms changed.
    /// @param proofs the terms of all members, in the order of their numbers
    function settle(PriceHint calldata hint, MeterTime from, uint256 count, PeerProof[] calldata proofs) external {
        Ledger memory ledger = openLedger(hint, from, count);
        Peers memory peers = peersOf(ledger, proofs);
        PeerRoom memory room = newPeerRoom(ledger.size, sourcesOf(peers));
        for (uint256 k = 0; k < count; ++k) {
            enterPeriod(ledger, k);
            peers.period = ledger.period;
            (peers.needs, peers.surpluses) = (ledger.needs, ledger.surpluses);
            settleTrades(ledger, tradesOf(ledger, peers, room));
        }
        closeLedger(ledger);
    }

    /// @dev Rank after rank, and a line for every trade.
    function tradesOf(Ledger memory ledger, Peers memory peers, PeerRoom memory room)
        private
        returns (Trades memory trades)
    {
        uint256 size = ledger.size;
        trades = Trades(
            new uint256[](size), new uint256[](size), new uint256[](size), new uint256[](size), new uint256[](size)
        );
        (uint256[] memory needs, uint256[] memory left) = (new uint256[](size), new uint256[](size));
        uint256 ranks = 0;
        for (uint256 i = 0; i < size; ++i) {
            (needs[i], left[i]) = (peers.needs[i], peers.surpluses[i]);
            uint256[] memory sources = peers.sources[i];
            uint256 last = sources.length == 0 ? 0 : rankOf(sources[sources.length - 1]);
            if (last > ranks) ranks = last;
        }
        for (uint256 rank = 1; rank <= ranks; ++rank) {
            uint256 count = matchRank(peers, rank, needs, left, room);
            for (uint256 i = 0; i < count; ++i) book(ledger.period, peers, trades, rank, room.sorted[i]);
        }
    }

    /// @dev A trade at its seller's price.
    function book(MeterTime period, Peers memory peers, Trades memory trades, uint256 rank, uint256 trade) private {
        uint256 energy = energyIn(trade);
        if (energy == 0) return;
        (uint256 seller, uint256 buyer) = (sellerIn(trade), buyerIn(trade));
        uint256 amount = (energy * peers.prices[seller]) / MWH_PER_TOKEN;
        trades.bought[buyer] += energy;
        trades.paid[buyer] += amount;
        trades.sold[seller] += energy;
        trades.got[seller] += amount;
        emit Supplied(period, peers.owners[buyer], peers.owners[seller], rank, energy, amount);
    }

    function sourcesOf(Peers memory peers) private pure returns (uint256 count) {
        for (uint256 i = 0; i < peers.sources.length; ++i) count += peers.sources[i].length;
    }

    /// @dev The terms of all members, if they were in force in all periods of the ledger.
    function peersOf(Ledger memory ledger, PeerProof[] calldata proofs) private view returns (Peers memory peers) {
        uint256 size = ledger.size;
        require(proofs.length == size, "a proof for every member");
        peers.owners = ledger.ties.owners;
        peers.prices = new uint256[](size);
        peers.reservedFor = new address[][](size);
        peers.sources = new uint256[][](size);
        uint256 first = inSeconds(ledger.from) / ledger.step;
        for (uint256 i = 0; i < size; ++i) {
            PeerProof calldata proof = proofs[i];
            requireStanding(standings[peers.owners[i]], proof, i + 1, first, first + ledger.count - 1);
            if (proof.from == 0) continue;
            peers.prices[i] = Price.unwrap(proof.terms.price);
            peers.reservedFor[i] = proof.terms.reservedFor;
            peers.sources[i] = proof.terms.sources;
            require(proof.numbers.length == proof.terms.sources.length, "a number for every source");
            for (uint256 j = 0; j < proof.numbers.length; ++j) {
                address seller = address(uint160(peers.sources[i][j]));
                uint256 number = proof.numbers[j];
                bool isThere = number == 0 ? accounts[seller].number == 0 : peers.owners[number - 1] == seller;
                require(isThere, "another number than a source's");
                peers.sources[i][j] = ((peers.sources[i][j] >> 160) << 160) | number;
            }
        }
    }
}
