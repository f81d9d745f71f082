// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

enum Level {
    Low,
    Middle,
    High
}

contract Enums {
    enum Way {
        North,
        East,
        South,
        West
    }

    Way public way;
    Level public level = Level.Middle;
    mapping(Way => uint256) public steps;
    mapping(Level level => mapping(Way way => bool)) public seen;
    Level[] public levels;

    event Turned(Way indexed from, Way to);
    error Wrong(Level level);

    function turn() external returns (Way) {
        Way before = way;
        way = way == Way.West ? Way.North : Way(uint8(way) + 1);
        emit Turned(before, way);
        return way;
    }

    function cast(uint256 a) external pure returns (Level, Way) {
        return (Level(a), Way(a));
    }

    function castSmall(uint8 a, int8 b) external pure returns (Level l, uint8 n) {
        l = Level(a);
        n = uint8(Way(uint8(b)));
    }

    function go(Way to, Level at) external {
        if (at == Level.Low) revert Wrong(at);
        steps[to]++;
        seen[at][to] = true;
        levels.push(at);
    }

    function compare(Level a, Level b) external pure returns (bool, bool, bool) {
        return (a < b, a == b, a != Level.High);
    }

    function limits() external pure returns (Level, Way, uint256) {
        return (type(Level).min, type(Way).max, uint256(type(Way).max));
    }

    function reset() external {
        delete way;
        level = Level.High;
    }

    function list(Level[] calldata all) external pure returns (Level[] memory out, uint256 sum) {
        out = new Level[](all.length);
        for (uint256 i = 0; i < all.length; i++) {
            out[i] = all[i];
            sum += uint256(all[i]);
        }
    }
}
