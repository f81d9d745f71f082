// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

event AtFileLevel(uint256 indexed a, int8 b);

contract Events {
    enum Kind {
        X,
        Y
    }

    struct Point {
        int32 x;
        int32 y;
    }

    event Nothing();
    event One(uint8 indexed a);
    event Mixed(address indexed who, uint256 amount, bytes4 indexed tag, bool flag, int64 indexed n);
    event Plain(int8 a, bytes3 b, address c, Kind d);
    event Three(uint256 indexed a, uint256 indexed b, uint256 indexed c, uint256 d);
    event Lists(uint256 indexed n, uint8[] items, Point point);
    event Over(uint256 a);
    event Over(uint256 a, uint256 b);
    event Fixed(uint16[3] items, Kind indexed kind);

    function nothing(uint8 a) external {
        emit Nothing();
        emit One(a);
    }

    function mixed(uint256 amount, bytes4 tag, bool flag, int64 n) external {
        emit Mixed(msg.sender, amount, tag, flag, n);
        emit Mixed({n: n, flag: !flag, amount: 1, tag: tag, who: address(this)});
    }

    function plain(int8 a, bytes3 b, address c, Kind d) external {
        emit Plain(a, b, c, d);
        emit AtFileLevel(uint256(uint160(c)), a);
    }

    function three(uint256 a, uint256 b) external {
        emit Three(a, b, a ^ b, 4);
    }

    function lists(uint8[] memory items, Point calldata p, uint16[3] memory three) external {
        emit Lists(items.length, items, p);
        emit Fixed(three, Kind.Y);
    }

    function over(uint256 a) external {
        emit Over(a);
        emit Over(a, a / 2);
    }

    function ordered(uint8 n) external {
        for (uint8 i = 0; i < n % 5; i++) emit One(i);
    }

    function selectors() external pure returns (bytes32, bytes32) {
        return (One.selector, Mixed.selector);
    }
}
