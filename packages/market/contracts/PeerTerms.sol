// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Units.sol";
import {FULL_SHARE, MOST_PEERS, rankOf, shareOf} from "./PeerMatching.sol";

/// @dev How a home trades until it says otherwise.
struct PeerTerms {
    /// What it asks for, money units for 150 Wh; 0 is a gift.
    Price price;
    /// Whom it sells to; everybody where it is empty.
    address[] reservedFor;
    /// Whom it buys from, the first rank first; a word each: from the top the most that it pays (72 bits), rank from 1 (8), share of what it
    /// still needs in hundredths of a per cent (16), the seller's address.
    uint256[] sources;
}

/// @dev That terms were in force: the chain of a home's terms before them, from which period on they hold, and what came later.
struct PeerProof {
    uint224 chainBefore;
    /// Number of the period; 0: the home had no terms yet.
    uint32 from;
    PeerTerms terms;
    /// Of each source the seller's number; 0: it is no member.
    uint256[] numbers;
    LaterTerms[] later;
}

struct LaterTerms {
    uint32 from;
    bytes32 termsHash;
}

/// @dev A home's terms in one word: the chain of all of them, and from which period on the last ones hold.
struct Standing {
    uint224 chain;
    uint32 from;
}

error TooManyPeers(uint256 count, uint256 most);
error BadSource(uint256 place, uint256 source);
error AnotherStanding(uint256 member);

/// @dev Refuses sources that are not in order of rank, name a seller twice in a rank, or have more than the whole in one.
function requireTerms(PeerTerms calldata terms) pure {
    uint256[] calldata sources = terms.sources;
    if (sources.length > MOST_PEERS) revert TooManyPeers(sources.length, MOST_PEERS);
    if (terms.reservedFor.length > MOST_PEERS) revert TooManyPeers(terms.reservedFor.length, MOST_PEERS);
    uint256 rank = 0;
    uint256 shares = 0;
    uint256 first = 0;
    for (uint256 i = 0; i < sources.length; ++i) {
        if (rankOf(sources[i]) != rank) (rank, shares, first) = (rankOf(sources[i]), 0, i);
        shares += shareOf(sources[i]);
        bool isGood = rank != 0 && rank <= MOST_PEERS && shares <= FULL_SHARE && (i == 0 || rankOf(sources[i - 1]) <= rank);
        for (uint256 j = first; j < i; ++j) isGood = isGood && uint160(sources[j]) != uint160(sources[i]);
        if (!isGood) revert BadSource(i, sources[i]);
    }
}

function chainOf(uint224 before, uint32 from, bytes32 termsHash) pure returns (uint224) {
    return uint224(uint256(keccak256(abi.encode(before, from, termsHash))));
}

/// @dev Refuses terms that are not the ones which a home had from one period to another.
function requireStanding(Standing memory standing, PeerProof calldata proof, uint256 number, uint256 first, uint256 last)
    pure
{
    bool isGood = proof.from <= first && (proof.from != 0 || proof.chainBefore == 0);
    uint224 chain = proof.chainBefore;
    if (proof.from != 0) chain = chainOf(chain, proof.from, keccak256(abi.encode(proof.terms)));
    for (uint256 i = 0; i < proof.later.length; ++i) {
        isGood = isGood && proof.later[i].from > last;
        chain = chainOf(chain, proof.later[i].from, proof.later[i].termsHash);
    }
    if (!isGood || chain != standing.chain) revert AnotherStanding(number);
}
