// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// What solc's two code generators do differently, or the older one not at all.

contract Repeated {
    uint256 public count;
    uint256 public log;

    modifier twice() {
        _;
        _;
    }

    modifier both(uint256 n) {
        uint256 local = n * 2;
        _;
        log += local;
    }

    function twice_() external twice returns (uint256 r) {
        count++;
        r += count;
    }

    function manyTimes(uint8 n) external repeat(n % 5) returns (uint256 r) {
        r++;
        count += r;
    }

    modifier repeat(uint256 n) {
        for (uint256 i = 0; i < n; i++) _;
    }

    function inner(uint256 n) external both(n) twice returns (uint256 r) {
        r += n;
        n += 1;
        count += r;
    }

    function inMemory(uint8 n) external twice both(n) twice returns (uint8[2] memory list) {
        list[0] += n;
        if (list[0] > 40) return list;
        list[1]++;
    }

    modifier sometimes(bool c) {
        if (c) _;
    }

    function skipped(bool c) external twice sometimes(c && count % 2 == 0) returns (uint256 r) {
        count++;
        r += 7;
    }
}

contract Deep {
    uint256 public state;

    function sideEffects(uint256 a) external returns (uint256) {
        state = 0;
        uint256 r = bump(1) * 100 + bump(2) * 10 + bump(a % 5);
        return r + state;
    }

    function bump(uint256 by) internal returns (uint256) {
        state += by;
        return state;
    }

    function inArguments(uint256 a) external returns (uint256, uint256) {
        uint256[2] memory list = [bump(1), bump(a % 3)];
        return (list[bump(0) % 2] - bump(2) % 2, three(bump(1), bump(2), state));
    }

    function three(uint256 a, uint256 b, uint256 c) internal pure returns (uint256) {
        return a * 10000 + b * 100 + c;
    }

    function assigned(uint256 a) external returns (uint256 r) {
        uint256[3] memory list;
        state = a % 3;
        list[state] = bump(1);
        list[state++ % 3] += state;
        r = a % 7 + (state = 2) * state;
        r += list[0] * 100 + list[1] * 10 + list[2];
    }

    function manyLocals(uint256 a) external pure returns (uint256) {
        uint128 m = uint128(a);
        uint256 b = uint256(m) + 1;
        uint256 c = b + 2;
        uint256 d = c + b;
        uint256 e = d ^ c;
        uint256 f = e | 1;
        uint256 g = f & 0xffff;
        uint256 h = g + a % 3;
        uint256 i = h * 2;
        uint256 j = i + g;
        uint256 k = j - g;
        uint256 l = k + f;
        uint256 n = l + e;
        uint256 o = n + d;
        uint256 p = o + c;
        uint256 q = p + b;
        return m + b + c + d + e + f + g + h + i + j + k + l + n + o + p + q;
    }
}

contract Order {
    uint256 public a = 1;
    uint256 public b = a + 1;
    uint256 public c;

    constructor() {
        c = a + b;
    }
}

contract Ordered is Order {
    uint256 public d = c * 2;

    constructor(uint16 n) Order() {
        a = d + n;
    }
}
