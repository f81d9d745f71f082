// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Integers {
    function add8(uint8 a, uint8 b) external pure returns (uint8, uint8) {
        unchecked {
            return (a + b, a - b);
        }
    }

    function checked8(uint8 a, uint8 b) external pure returns (uint8 sum, uint8 product) {
        sum = a + b;
        product = a * b;
    }

    function checked64(uint64 a, uint64 b) external pure returns (uint64 difference, uint64 quotient, uint64 rest) {
        difference = a - b;
        quotient = a / b;
        rest = a % b;
    }

    function checked256(uint256 a, uint256 b) external pure returns (uint256) {
        return a * b + a - b;
    }

    function product128(uint128 a, uint128 b) external pure returns (uint128) {
        return a * b;
    }

    function product136(uint136 a, uint136 b) external pure returns (uint136 r) {
        r = a;
        r *= b;
    }

    function unchecked24(uint24 a, uint24 b) external pure returns (uint24 p, uint24 m, uint24 t) {
        unchecked {
            p = a * b;
            m = a - b;
            t = ~a + b;
        }
    }

    function unchecked256(uint256 a, uint256 b) external pure returns (uint256 p, uint256 m, uint256 s, uint256 n) {
        unchecked {
            p = a * b;
            m = a - b;
            s = a + b;
            n = a / b;
        }
    }

    function powers(uint256 a, uint8 b) external pure returns (uint256) {
        return a ** b;
    }

    function powers16(uint16 a, uint16 b) external pure returns (uint16) {
        return a ** b;
    }

    function powersUnchecked(uint32 a, uint256 b) external pure returns (uint32, uint256) {
        unchecked {
            return (a ** b, uint256(a) ** b);
        }
    }

    function powerOfConstant(uint8 b) external pure returns (uint256, uint256) {
        return (10 ** b, 2 ** b);
    }

    function shifts(uint256 a, uint256 b) external pure returns (uint256, uint256, uint32, uint8) {
        return (a << b, a >> b, uint32(a) << b, uint8(a) >> b);
    }

    function shiftBy8(uint40 a, uint8 b) external pure returns (uint40 r) {
        r = a;
        r <<= b;
        r |= a >> b;
        r >>= 3;
    }

    function bitwise(uint72 a, uint72 b) external pure returns (uint72 and, uint72 or, uint72 xor, uint72 not) {
        and = a & b;
        or = a | b;
        xor = a ^ b;
        not = ~a;
    }

    function narrow(uint256 a) external pure returns (uint8, uint16, uint64, uint128, uint248) {
        return (uint8(a), uint16(a), uint64(a), uint128(a), uint248(a));
    }

    function widen(uint8 a) external pure returns (uint256 r) {
        uint16 b = a;
        r = b * 300;
    }

    function mixed(uint8 a, uint32 b, uint256 c) external pure returns (uint256, bool, bool) {
        return (a + b + c, a < b, b >= c);
    }

    function increments(uint8 a) external pure returns (uint8 b, uint8 c, uint8 d, uint8 e) {
        b = a++;
        c = ++a;
        d = a--;
        e = --a;
    }

    function compound(uint96 a, uint96 b) external pure returns (uint96 r) {
        r = a;
        r += b;
        r -= b / 2;
        r *= 3;
        r /= b;
        r %= 1000;
        r ^= b;
        r &= 0xffff;
        r |= 1;
    }

    function comparisons(uint256 a, uint256 b) external pure returns (bool, bool, bool, bool, bool, bool) {
        return (a < b, a <= b, a > b, a >= b, a == b, a != b);
    }

    function modular(uint256 a, uint256 b, uint256 n) external pure returns (uint256, uint256) {
        return (addmod(a, b, n), mulmod(a, b, n));
    }

    function limits() external pure returns (uint8, uint128, uint256, uint256) {
        return (type(uint8).max, type(uint128).max, type(uint256).max, type(uint256).min);
    }

    function units() external pure returns (uint256, uint256, uint256, uint256) {
        return (1 gwei, 2 ether + 1 wei, 3 hours + 5 minutes, 1 weeks - 1 days + 7 seconds);
    }

    function constants() external pure returns (uint256, int256, uint8) {
        uint256 half = 7 / uint256(2);
        return (2 ** 200 / 4 + half, -(5 ** 3) * 2, 0xff & uint8(0x3c));
    }

    function fraction(uint256 a) external pure returns (uint256) {
        return a * (0.5 * 8) + 1.5e3 + 1_000;
    }
}
