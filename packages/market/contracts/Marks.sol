// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

// Lists by state: a contract says which of 256 entries are wanted in one word, so that a reader asks for these alone.

/// @dev The first id after those that one word answers for; `count` is the last id there is.
function endOf(uint256 first, uint256 count) pure returns (uint256 end) {
    require(first != 0, "ids run from 1");
    end = first + 256;
    if (end > count + 1) end = count + 1;
}

/// @dev Whether a state is one of those whose bits are set.
function has(uint256 states, uint256 state) pure returns (bool) {
    return states >> state & 1 == 1;
}
