// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Functions {
    uint256 public state;

    function over(uint256 a) public pure returns (uint256) {
        return a + 1;
    }

    function over(uint8 a, bool b) public pure returns (uint256) {
        return b ? a : 0;
    }

    function over(address a) public pure returns (uint256) {
        return uint160(a);
    }

    function over(uint256[] memory a) public pure returns (uint256) {
        return a.length;
    }

    function callAll(uint256 a, uint8 b, address c) external pure returns (uint256) {
        uint256[] memory list = new uint256[](3);
        unchecked {
            return over(a) + over(b, true) + over(c) + over(list);
        }
    }

    function named(uint256 price, uint256 amount, bool round) public pure returns (uint256) {
        return round ? price * amount / 10 * 10 : price * amount;
    }

    function callNamed(uint256 a, uint256 b) external pure returns (uint256) {
        return named({round: true, amount: b, price: a}) + named({amount: 1, price: 2, round: false});
    }

    function several(uint256 a) public pure returns (uint256 x, int256 y, bool z) {
        x = a / 2;
        y = -int256(a % 100);
        z = a > 5;
    }

    function destructure(uint256 a) external pure returns (uint256, int256, bool) {
        (uint256 x, int256 y, bool z) = several(a);
        (, int256 only,) = several(a + 1);
        (x, z) = (x + 1, !z);
        (y,) = (y + only, 3);
        return (x, y, z);
    }

    function swap(uint256 a, uint256 b) external pure returns (uint256, uint256) {
        (a, b) = (b, a);
        return (a, b);
    }

    function forward(uint256 a) external pure returns (uint256, int256, bool) {
        return several(a);
    }

    function recursive(uint8 n) public pure returns (uint256) {
        return n < 2 ? 1 : n * recursive(n - 1);
    }

    function mutual(uint8 n) external pure returns (bool) {
        return isEven(n % 30);
    }

    function isEven(uint256 n) internal pure returns (bool) {
        if (n == 0) return true;
        return isOdd(n - 1);
    }

    function isOdd(uint256 n) internal pure returns (bool) {
        return n == 0 ? false : isEven(n - 1);
    }

    function unnamed(uint256, bool, uint256 last) external pure returns (uint256) {
        return last;
    }

    function bump(uint256 by) internal returns (uint256) {
        state += by;
        return state;
    }

    function shortCircuit(bool a, bool b) external returns (bool, bool, uint256) {
        state = 0;
        bool x = a && bump(1) > 0;
        bool y = b || bump(10) > 0;
        return (x, y, state);
    }

    function assignmentValue(uint256 a) external returns (uint256 b, uint256 c) {
        b = c = a;
        b = (state = a % 10) + (c += 1);
    }

    function shadow(uint256 a) external pure returns (uint256) {
        uint256 r = a;
        {
            uint256 b = r % 7;
            r = b;
        }
        {
            uint256 b = 3;
            r += b;
        }
        return r;
    }

    function scopes(uint8 n) external pure returns (uint256 r) {
        for (uint256 i = 0; i < n % 6; i++) {
            uint256 fresh;
            fresh += i;
            r += fresh;
        }
    }

    function selectors() external pure returns (bytes4, bytes4, bytes4) {
        return (this.named.selector, Functions.swap.selector, this.state.selector);
    }

    function self(uint256 a) external view returns (uint256, address) {
        return (this.over(a), address(this));
    }
}
