// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

/// @dev What the bell is where supply meets demand: 1 in sixteen binary digits.
uint256 constant BELL_TOP = 65_536;

/// @dev How much of an exported unit is minted, in 65536ths: 65536 · 2^(−((S − D) / w)²), by the integer arithmetic of the difficulty rule
///      (aserti3-2d: whole halvings, and a cubic for the fraction of one). `width` is 1 or more, all three are below 2^110.
function bell(uint256 supply, uint256 demand, uint256 width) pure returns (uint256) {
    uint256 distance = supply > demand ? supply - demand : demand - supply;
    uint256 exponent = (distance * distance * BELL_TOP) / (width * width);
    uint256 halvings = (exponent + BELL_TOP - 1) / BELL_TOP;
    uint256 part = halvings * BELL_TOP - exponent;
    uint256 cubic = 195_766_423_245_049 * part + 971_821_376 * part ** 2 + 5_127 * part ** 3;
    uint256 factor = BELL_TOP + ((cubic + 2 ** 47) >> 48);
    return (BELL_TOP * factor) >> (halvings + 16);
}
