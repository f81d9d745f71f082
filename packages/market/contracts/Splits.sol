// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {MWH_PER_TOKEN, MeterTime} from "./Units.sol";

// A whole number of units split by weight, so that the parts sum to it (largest remainder): each part is floor(total · weight / Σ weights),
// and what is left goes one unit each to the largest remainders. Among equal ones the smaller hash of period and owner comes first, which
// nobody can choose at the time; then, of one owner's parts, the larger weight, and then what stands first.

/// @dev What decides between equal remainders, and room to sort in that all splits of a call share, as long as the list of owners.
struct Ties {
    MeterTime period;
    address[] owners;
    uint256[] room;
}

/// @dev Bits of a place in a list of parts: 65,536 parts at most.
uint256 constant PLACE_BITS = 16;
uint256 constant PLACE_MASK = 0xFFFF;
/// @dev Rounds of a selection, each of which leaves a part of the keys: twice as many as for a thousand keys in random order.
uint256 constant MOST_ROUNDS = 40;

/// @dev keccak256 of the ABI encoding of period and owner.
function tieHash(MeterTime period, address owner) pure returns (uint256) {
    return uint256(keccak256(abi.encode(MeterTime.unwrap(period), owner)));
}

function sumOf(uint256[] memory values) pure returns (uint256 sum) {
    for (uint256 i = 0; i < values.length; ++i) sum += values[i];
}

/// @dev What energy costs at a fraction of a price: floor(mWh · numerator / (150000 · denominator)).
function amountAt(uint256 energyMwh, uint256 numerator, uint256 denominator) pure returns (uint256) {
    return (energyMwh * numerator) / (MWH_PER_TOKEN * denominator);
}

/// @dev Splits with memory of its own.
function split(uint256 total, uint256[] memory weights, MeterTime period, address[] memory owners)
    pure
    returns (uint256[] memory parts)
{
    parts = new uint256[](weights.length);
    splitInto(parts, total, weights, sumOf(weights), Ties(period, owners, new uint256[](weights.length)));
}

/// @dev Splits into `parts`, which is overwritten and as long as `weights`.
/// @param sum of the weights, which are below 2^240; where it is 0 all parts are, and the total must be 0 too
function splitInto(uint256[] memory parts, uint256 total, uint256[] memory weights, uint256 sum, Ties memory ties) pure {
    uint256 size = weights.length;
    assert(size <= PLACE_MASK && (total == 0 || sum != 0));
    if (total == sum) {
        for (uint256 i = 0; i < size; ++i) parts[i] = weights[i];
        return;
    }
    uint256[] memory keys = ties.room;
    uint256 left = total;
    uint256 rests = 0;
    for (uint256 i = 0; i < size; ++i) {
        uint256 weight = weights[i];
        if (weight == 0) {
            parts[i] = 0;
            continue;
        }
        uint256 product = total * weight;
        uint256 part = product / sum;
        parts[i] = part;
        left -= part;
        uint256 rest = product - part * sum;
        if (rest != 0) keys[rests++] = (rest << PLACE_BITS) | i;
    }
    giveRest(parts, rests, left, weights, ties);
}

/// @dev As `splitInto`, on top of what is in `parts` already.
function addShares(uint256[] memory parts, uint256 total, uint256[] memory weights, uint256 sum, Ties memory ties) pure {
    uint256 size = weights.length;
    assert(size <= PLACE_MASK && (total == 0 || sum != 0));
    if (total == 0) return;
    if (total == sum) {
        for (uint256 i = 0; i < size; ++i) parts[i] += weights[i];
        return;
    }
    uint256[] memory keys = ties.room;
    uint256 left = total;
    uint256 rests = 0;
    for (uint256 i = 0; i < size; ++i) {
        uint256 weight = weights[i];
        if (weight == 0) continue;
        uint256 product = total * weight;
        uint256 part = product / sum;
        parts[i] += part;
        left -= part;
        uint256 rest = product - part * sum;
        if (rest != 0) keys[rests++] = (rest << PLACE_BITS) | i;
    }
    giveRest(parts, rests, left, weights, ties);
}

/// @dev One unit each to the `left` largest of the remainders that are in `ties.room`.
function giveRest(uint256[] memory parts, uint256 rests, uint256 left, uint256[] memory weights, Ties memory ties) pure {
    if (left == 0) return;
    uint256[] memory keys = ties.room;
    // Fewer are left than there are remainders, for these sum to as many times the sum of the weights.
    selectLargest(keys, rests, left);
    uint256 border = keys[left] >> PLACE_BITS;
    uint256 given = 0;
    for (; given < left; ++given) {
        uint256 key = keys[given];
        if (key >> PLACE_BITS == border) break;
        parts[key & PLACE_MASK] += 1;
    }
    if (given == left) return;
    // Rarely the largest remainder that gets none is equal to one that does: then all that are equal to it are looked at again.
    for (uint256 i = 0; i < given; ++i) parts[keys[i] & PLACE_MASK] -= 1;
    sortDescending(keys, rests);
    uint256 first = left;
    uint256 last = left;
    while (first != 0 && keys[first - 1] >> PLACE_BITS == border) --first;
    while (last < rests && keys[last] >> PLACE_BITS == border) ++last;
    for (uint256 i = 0; i < first; ++i) parts[keys[i] & PLACE_MASK] += 1;
    shareAmongEqual(parts, left - first, first, last, weights, ties);
}

/// @dev One unit each to the first `units` of the places that `ties.room` names from `first` to before `last`.
function shareAmongEqual(
    uint256[] memory parts,
    uint256 units,
    uint256 first,
    uint256 last,
    uint256[] memory weights,
    Ties memory ties
) pure {
    uint256 count = last - first;
    uint256[] memory places = new uint256[](count);
    uint256[] memory keys = new uint256[](count);
    // By weight, the larger first, then by place: this order is kept among parts of one owner.
    for (uint256 i = 0; i < count; ++i) {
        uint256 place = ties.room[first + i] & PLACE_MASK;
        keys[i] = (weights[place] << PLACE_BITS) | (PLACE_MASK - place);
    }
    sortDescending(keys, count);
    for (uint256 i = 0; i < count; ++i) {
        places[i] = PLACE_MASK - (keys[i] & PLACE_MASK);
        uint256 hash = tieHash(ties.period, ties.owners[places[i]]);
        // Descending by what is left to the largest number is ascending by hash. Hashes of two owners differ in 240 bits.
        keys[i] = (~hash & ~PLACE_MASK) | (PLACE_MASK - i);
    }
    sortDescending(keys, count);
    for (uint256 i = 0; i < units; ++i) parts[places[PLACE_MASK - (keys[i] & PLACE_MASK)]] += 1;
}

/// @dev Puts the `wanted` largest of the first `count` keys before all others, and the largest of these behind them (Hoare's selection). Keys
///      differ. Where it takes unusually long they are sorted, so nobody can choose energies for which a settlement fits no block.
function selectLargest(uint256[] memory keys, uint256 count, uint256 wanted) pure {
    uint256 low = 0;
    uint256 high = count;
    for (uint256 rounds = 0; low + 1 < high; ++rounds) {
        if (rounds == MOST_ROUNDS) {
            sortDescending(keys, count);
            return;
        }
        uint256 pivot = keys[wanted];
        uint256 i = low;
        uint256 j = high;
        while (i < j) {
            uint256 left = keys[i];
            while (left > pivot) left = keys[++i];
            uint256 right = keys[j - 1];
            while (pivot > right) right = keys[--j - 1];
            if (i < j) {
                keys[i++] = right;
                keys[--j] = left;
            }
        }
        if (j <= wanted) low = i;
        if (wanted < i) high = j;
    }
}

/// @dev Sorts the first `count` keys, the largest first (Shell's sort: no list of n takes more than about n^1.5 steps).
function sortDescending(uint256[] memory keys, uint256 count) pure {
    uint256 gap = 1;
    while (9 * gap < count) gap = 3 * gap + 1;
    for (; gap != 0; gap /= 3) {
        for (uint256 i = gap; i < count; ++i) {
            uint256 key = keys[i];
            uint256 place = i;
            while (place >= gap) {
                uint256 other = keys[place - gap];
                if (other >= key) break;
                keys[place] = other;
                place -= gap;
            }
            keys[place] = key;
        }
    }
}
