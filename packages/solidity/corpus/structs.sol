// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Structs {
    struct Small {
        uint8 a;
        int16 b;
        bool c;
        address d;
        bytes4 e;
        uint64 f;
    }

    struct Pair {
        uint256 x;
        int256 y;
    }

    struct Nested {
        Small small;
        uint128 n;
        Pair pair;
        uint32[3] list;
    }

    Small public small;
    Nested public nested;
    mapping(uint256 => Nested) byId;
    Pair[] public pairs;
    uint8 public after_;

    function setSmall(Small calldata s) external returns (uint8, int16) {
        small = s;
        after_ = s.a;
        return (small.a, small.b);
    }

    function setFields(uint8 a, int16 b, bool c, address d, bytes4 e, uint64 f) external {
        small.a = a;
        small.b = b;
        small.c = c;
        small.d = d;
        small.e = e;
        small.f = f;
    }

    function setNested(uint256 id, Nested calldata n) external {
        byId[id] = n;
        nested = byId[id];
    }

    function getNested(uint256 id) external view returns (Nested memory) {
        return byId[id];
    }

    function change(uint256 id, int256 y, uint8 i, uint32 v) external {
        Nested storage n = byId[id];
        n.pair.y = y;
        n.list[i] = v;
        n.n += v;
        Pair storage p = n.pair;
        p.x++;
    }

    function remove(uint256 id) external {
        delete byId[id];
        delete small;
    }

    function inMemory(uint256 x, int256 y) external pure returns (Pair memory p, Pair memory q, Pair memory r) {
        p = Pair(x, y);
        q = p;
        q.x = 5;
        r = Pair({y: 1, x: p.x});
        r.y = q.y;
    }

    function copies(uint256 i) external returns (uint256 before, uint256 now_) {
        Pair memory p = pairs[i];
        before = p.x;
        pairs[i].x += 7;
        now_ = pairs[i].x;
        p.y = -1;
        pairs.push(p);
    }

    function push(Pair memory p) external returns (uint256) {
        pairs.push(p);
        pairs.push().x = p.x;
        return pairs.length;
    }

    function defaults() external pure returns (Nested memory n, Small memory s) {
        n.list[1] = 3;
        s.c = true;
    }

    function swap(uint256 i, uint256 j) external {
        (pairs[i].x, pairs[j].x) = (pairs[j].x, pairs[i].x);
    }

    function sum(Pair[] calldata list) external pure returns (int256 total) {
        for (uint256 i; i < list.length; ++i) total += list[i].y;
    }

    function fromCalldata(Nested calldata n, uint256 i) external pure returns (uint32, int256, address, uint32[3] memory) {
        return (n.list[i], n.pair.y, n.small.d, n.list);
    }
}
