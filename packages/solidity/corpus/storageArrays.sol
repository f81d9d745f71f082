// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract StorageArrays {
    uint256[] public words;
    uint8[] public small;
    int24[] signed;
    bool[] flags;
    address[] public people;
    bytes3[] triples;
    uint16[5] public fixed5;
    uint256[3] three;
    uint40[2][] public pairs;
    uint64[][] public lists;
    uint128[2][3] grid;

    function push(uint256 a, uint8 b, int24 c, bool d, address e, bytes3 f) external {
        words.push(a);
        small.push(b);
        signed.push(c);
        flags.push(d);
        people.push(e);
        triples.push(f);
    }

    function pop(uint8 which) external {
        if (which == 0) words.pop();
        else if (which == 1) small.pop();
        else if (which == 2) signed.pop();
        else if (which == 3) flags.pop();
        else if (which == 4) pairs.pop();
        else lists.pop();
    }

    function set(uint256 i, uint8 v, int24 w, bool x) external {
        small[i] = v;
        signed[i] = w;
        flags[i] = x;
    }

    function get(uint256 i) external view returns (int24, bool, bytes3) {
        return (signed[i], flags[i], triples[i]);
    }

    function lengths() external view returns (uint256, uint256, uint256) {
        return (words.length, small.length, fixed5.length);
    }

    function setFixed(uint256 i, uint16 v) external returns (uint16 old) {
        old = fixed5[i];
        fixed5[i] = v;
        three[i % 3] += v;
    }

    function grids(uint256 i, uint256 j, uint128 v) external returns (uint128[2][3] memory) {
        grid[i][j] = v;
        return grid;
    }

    function pushPair(uint40 a, uint40 b) external {
        pairs.push([a, b]);
    }

    function setPair(uint256 i, uint256 j, uint40 v) external {
        pairs[i][j] = v;
    }

    function pushList() external returns (uint256) {
        lists.push();
        return lists.length;
    }

    function pushInner(uint256 i, uint64 v) external {
        lists[i].push(v);
    }

    function popInner(uint256 i) external {
        lists[i].pop();
    }

    function all() external view returns (uint256[] memory, uint8[] memory, int24[] memory, bool[] memory) {
        return (words, small, signed, flags);
    }

    function fromMemory(uint8[] memory list) external returns (uint256) {
        small = list;
        return small.length;
    }

    function fromCalldata(uint256[] calldata list, int24[] calldata other) external {
        words = list;
        signed = other;
    }

    function fromFixed(uint16[5] calldata list) external {
        fixed5 = list;
    }

    function copy() external {
        uint256[] storage pointer = words;
        pointer.push(pointer.length);
        uint256[] memory taken = words;
        for (uint256 i = 0; i < taken.length; i++) taken[i] += 1;
        words = taken;
    }

    function clear(uint8 which, uint256 i) external {
        if (which == 0) delete words;
        else if (which == 1) delete small;
        else if (which == 2) delete flags;
        else if (which == 3) delete fixed5;
        else if (which == 4) delete small[i];
        else if (which == 5) delete lists;
        else delete pairs[i];
    }

    function shorten(uint256 to) external {
        while (words.length > to) words.pop();
    }
}
