// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Getters {
    struct Entry {
        uint8 a;
        uint256[] skipped;
        int64 b;
        mapping(uint256 => uint256) alsoSkipped;
        bytes16 c;
        address d;
    }

    struct Inner {
        bool x;
        uint16 y;
    }

    struct Outer {
        Inner inner;
        uint32 z;
        uint8[2] skipped;
    }

    uint8 public number;
    mapping(uint256 => Entry) public entries;
    mapping(address => mapping(bytes2 => uint24)) public deep;
    Outer public outer;
    Entry[] public list;
    uint32[4][2] public grid;
    mapping(uint256 => uint16[]) public lists;
    mapping(bool => Inner[2]) public pairs;
    uint256[][3] public mixed;

    function fill(uint8 i, uint256 n, int64 b, address d) external {
        number = i;
        Entry storage e = entries[n];
        e.a = i;
        e.b = b;
        e.c = bytes16(bytes20(d));
        e.d = d;
        e.skipped.push(n);
        deep[d][bytes2(uint16(n))] = uint24(n);
        outer = Outer(Inner(b > 0, i), uint32(n), [i, 2]);
        list.push().b = b;
        list[list.length - 1].d = d;
        grid[i % 2][n % 4] = uint32(n);
        lists[n].push(i);
        pairs[b > 0][i % 2].y = i;
        mixed[i % 3].push(n);
    }
}
