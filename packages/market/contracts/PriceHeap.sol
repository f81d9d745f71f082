// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

/// @dev Keys of which the smallest is at hand (binary heap). Its room is as long as it can get.
struct PriceHeap {
    uint256[] keys;
    uint256 size;
}

using {push, pop} for PriceHeap global;

function push(PriceHeap memory heap, uint256 key) pure {
    uint256[] memory keys = heap.keys;
    uint256 place = heap.size;
    heap.size = place + 1;
    while (place != 0) {
        uint256 above = (place - 1) / 2;
        if (keys[above] < key) break;
        keys[place] = keys[above];
        place = above;
    }
    keys[place] = key;
}

/// @dev Takes the smallest away; there must be one.
function pop(PriceHeap memory heap) pure {
    uint256[] memory keys = heap.keys;
    uint256 size = heap.size - 1;
    heap.size = size;
    uint256 key = keys[size];
    uint256 place = 0;
    while (true) {
        uint256 below = 2 * place + 1;
        if (below >= size) break;
        if (below + 1 < size && keys[below + 1] < keys[below]) ++below;
        if (key < keys[below]) break;
        keys[place] = keys[below];
        place = below;
    }
    keys[place] = key;
}
