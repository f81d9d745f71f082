// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// Many variables in few words, written and read in all orders.
contract Packing {
    uint8 a = 1;
    int8 b = -1;
    uint16 c;
    bool d = true;
    address e;
    uint24 f;
    bytes5 g = "hello";
    int40 h = -2;
    uint256 i;
    uint128 j;
    int128 k;
    bool l;
    uint248 m;
    bool n;

    struct S {
        uint8 p;
        uint8 q;
    }
    S s;
    uint8 o;
    S[3] three;
    uint8[33] bytes33;

    function set1(uint8 a_, int8 b_, uint16 c_, bool d_, address e_) external {
        (a, b, c, d, e) = (a_, b_, c_, d_, e_);
    }

    function set2(uint24 f_, bytes5 g_, int40 h_, uint256 i_, uint128 j_, int128 k_) external {
        f = f_;
        g = g_;
        h = h_;
        i = i_;
        j = j_;
        k = k_;
    }

    function set3(bool l_, uint248 m_, bool n_, uint8 o_, S memory s_) external {
        l = l_;
        m = m_;
        n = n_;
        o = o_;
        s = s_;
    }

    function arithmetic(uint8 x) external {
        a += x;
        b -= int8(1);
        c++;
        h *= 2;
        j <<= 1;
        k = -k;
        n = !n;
        f ^= x;
    }

    function at(uint256 x, uint8 v) external returns (uint8, S memory) {
        bytes33[x] += v;
        three[x % 3].q = v;
        three[(x + 1) % 3] = s;
        return (bytes33[(x + 7) % 33], three[x % 3]);
    }

    function all1() external view returns (uint8, int8, uint16, bool, address, uint24, bytes5, int40) {
        return (a, b, c, d, e, f, g, h);
    }

    function all2() external view returns (uint256, uint128, int128, bool, uint248, bool, uint8, uint8) {
        return (i, j, k, l, m, n, s.q, o);
    }

    function clear() external {
        delete a;
        delete e;
        delete g;
        delete s;
        delete three;
        delete bytes33;
    }
}
