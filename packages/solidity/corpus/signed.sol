// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Signed {
    function arithmetic8(int8 a, int8 b) external pure returns (int8 sum, int8 difference, int8 product) {
        sum = a + b;
        difference = a - b;
        product = a * b;
    }

    function divide8(int8 a, int8 b) external pure returns (int8 quotient, int8 rest) {
        rest = a % b;
        quotient = a / b;
    }

    function arithmetic256(int256 a, int256 b) external pure returns (int256 sum, int256 product) {
        sum = a + b;
        product = a * b;
    }

    function divide256(int256 a, int256 b) external pure returns (int256, int256) {
        return (a / b, a % b);
    }

    function negate(int256 a, int16 b) external pure returns (int256, int16) {
        return (-a, -b);
    }

    function wrapping(int16 a, int16 b) external pure returns (int16, int16, int16, int16) {
        unchecked {
            return (a + b, a - b, a * b, -a);
        }
    }

    function wrappingDivision(int32 a, int32 b) external pure returns (int32, int32) {
        unchecked {
            return (a / b, a % b);
        }
    }

    function wrapping256(int256 a, int256 b) external pure returns (int256, int256, int256, int256) {
        unchecked {
            return (a + b, a - b, a * b, -a);
        }
    }

    function powers(int64 a, uint8 b) external pure returns (int64) {
        return a ** b;
    }

    function powersWrapping(int24 a, uint16 b) external pure returns (int24) {
        unchecked {
            return a ** b;
        }
    }

    function shifts(int256 a, uint256 b) external pure returns (int256, int256, int16, int16) {
        return (a << b, a >> b, int16(a) << b, int16(a) >> b);
    }

    function bits(int40 a, int40 b) external pure returns (int40, int40, int40, int40) {
        return (a & b, a | b, a ^ b, ~a);
    }

    function casts(int256 a) external pure returns (int8, int128, uint256, uint8, int8) {
        return (int8(a), int128(a), uint256(a), uint8(uint256(a)), int8(uint8(uint256(a) >> 3)));
    }

    function castsUp(int8 a) external pure returns (int256, uint8, uint256, int16) {
        return (a, uint8(a), uint256(int256(a)), a);
    }

    function compare(int128 a, int128 b) external pure returns (bool, bool, bool, bool, bool) {
        return (a < b, a <= b, a > b, a >= b, a == b);
    }

    function steps(int8 a) external pure returns (int8 b, int8 c) {
        b = a++;
        c = --a;
        --a;
    }

    function compound(int72 a, int72 b) external pure returns (int72 r) {
        r = a;
        r += b;
        r -= 5;
        r *= 2;
        r /= b;
        r %= 7;
        r <<= 2;
        r >>= 1;
    }

    function mixed(uint8 a, int16 b) external pure returns (int16) {
        return int16(uint16(a)) + b;
    }

    function limits() external pure returns (int8, int8, int256, int256) {
        return (type(int8).min, type(int8).max, type(int256).min, type(int256).max);
    }

    function absolute(int256 a) external pure returns (uint256) {
        return uint256(a < 0 ? -a : a);
    }
}
