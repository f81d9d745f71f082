// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Loops {
    uint256[] public list;

    function sums(uint8 n) external pure returns (uint256 a, uint256 b, uint256 c) {
        for (uint256 i = 0; i < n; i++) a += i;
        uint256 j = n;
        while (j > 0) {
            b += j;
            j--;
        }
        do {
            c++;
            if (c > 20) break;
        } while (c < n);
    }

    function jumps(uint8 n) external pure returns (uint256 r) {
        for (uint256 i = 0; i < n; ++i) {
            if (i % 3 == 0) continue;
            if (i > 20) break;
            r = r * 2 + i;
        }
    }

    function nested(uint8 n, uint8 m) external pure returns (uint256 r) {
        for (uint256 i = 0; i < n % 10; i++) {
            for (uint256 j = 0; ; j++) {
                if (j == m % 10) break;
                if ((i + j) % 2 == 1) continue;
                r += i * j;
            }
            if (r > 100) return r;
        }
    }

    function whileContinue(uint8 n) external pure returns (uint256 r) {
        uint8 i = n;
        while (i > 0) {
            i--;
            if (i % 2 == 0) continue;
            r += i;
        }
    }

    function doContinue(uint8 n) external pure returns (uint256 r) {
        uint256 i;
        do {
            i++;
            if (i % 4 == 0) continue;
            r += i;
        } while (i < n);
    }

    function storageLoop(uint256 v) external returns (uint256 total) {
        list.push(v);
        for (uint256 i = 0; i < list.length && i < 10; i++) total += list[i];
    }

    function ternaries(int256 a, int256 b) external pure returns (int256, uint256, bool) {
        int256 m = a > b ? a : b;
        uint256 n = a == 0 ? 1 : b == 0 ? 2 : 3;
        return (m, n, (a > 0 ? b > 0 : b < 0));
    }

    function pair(bool c, uint256 a, uint256 b) external pure returns (uint256, uint256) {
        return c ? (a, b) : (b, a);
    }

    function empty(uint8 n) external pure returns (uint256 i) {
        for (; i < n; i++) {}
        for (;;) return i;
    }

    function nothing() external pure {}
}
