// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// What is easily overlooked.

abstract contract Hidden {
    uint64 private immutable same = 5;
    uint256[] internal first = firstList();

    function firstList() internal pure returns (uint256[] memory list) {
        list = new uint256[](2);
        list[1] = 9;
    }

    function hidden() public view returns (uint64) {
        return same;
    }
}

contract Odds is Hidden {
    struct Named {
        string label;
        uint8[] small;
        mapping(bytes => uint16) inner;
    }

    uint32 private immutable same;
    mapping(string => uint256) public byText;
    mapping(bytes => mapping(string => int8)) deep;
    Named named;
    uint256 public n;
    int8[3][] public grid;

    event Mixed(uint256 a, uint256 indexed b, uint256 c);
    error Zero(uint16 given);

    constructor(uint16 start) {
        if (start == 0) revert Zero(start);
        same = start;
        n = 100 / (start % 50) + first[1];
        assert(start != 3);
    }

    function both() external view returns (uint256, uint256) {
        return (same, hidden());
    }

    function keyed(string memory key, uint256 value) external returns (uint256 old) {
        old = byText[key];
        byText[key] = value;
        byText["constant"] += 1;
        delete byText["other"];
    }

    function keyedDeep(bytes calldata a, string calldata b, int8 v) external returns (int8) {
        deep[a][b] -= v;
        named.inner[a]++;
        return deep[a]["x"] + deep[a][b];
    }

    function literals(uint8 a, bool c) external pure returns (uint256, uint256, int256, uint256) {
        uint256 shifted = 1 << a;
        uint256 big = uint256(1) << a;
        int256 signed = -1 * int256(uint256(a));
        return (shifted, big, signed, c ? 1 : 300);
    }

    function names(string memory label, uint8 x) external returns (string memory, uint8[] memory) {
        named.label = label;
        named.small.push(x);
        if (x == 3) delete named.small;
        return (named.label, named.small);
    }

    function loop(uint8 k) external pure returns (uint256 r) {
        for (uint256 i; i < k;) {
            unchecked {
                ++i;
            }
            if (i % 2 == 0) continue;
            r += i;
        }
    }

    function add(uint8 a, uint8 b) internal pure returns (uint8) {
        return a + b;
    }

    function uncheckedIsLocal(uint8 a, uint8 b) external pure returns (uint8) {
        unchecked {
            return add(a, b) + b;
        }
    }

    function three(uint256[] calldata list) internal pure returns (uint256) {
        return list.length > 2 ? list[2] : list[list.length - 1];
    }

    function passCalldata(uint256[] calldata list, uint256[][2] calldata rows) external pure returns (uint256, uint256) {
        uint256[] calldata other = list.length > 1 ? list : rows[0];
        return (three(other), three(rows[1]));
    }

    function emitAll(uint256 a) external {
        emit Mixed(a, n, 3);
        n = a % 10;
        emit Mixed({c: n, a: a, b: n + 1});
    }

    function grids(int8 v, uint256 i, uint256 j) external returns (int8[3] memory) {
        grid.push([v, -1, int8(2)]);
        grid[i % grid.length][j] += v;
        if (v == 5) delete grid[i];
        if (v == 6) grid.pop();
        return grid[i];
    }

    function chained(uint64 a) external returns (uint256 b, uint32 c) {
        b = n = a;
        c = uint32(n >> 8) | uint8(a);
        (n, b) = (b + 1, n);
    }

    function conditions(int256 a, uint256 b) external view returns (bool) {
        return a < 0 ? b > n || (b == 0 && n > 3) : !(b <= n) != (a % 2 == 0);
    }

    function text(uint8 a) external view returns (string memory) {
        require(a > 1, a == 0 ? "none" : "one");
        return a == 2 ? named.label : a == 3 ? "three" : "a text that is longer than thirty-one bytes, as a constant";
    }

    function sendBack() external payable returns (uint256) {
        if (msg.value > 0) payable(msg.sender).transfer(msg.value / 2);
        return address(this).balance;
    }

    function nothing() external view {
        n;
        named.small;
    }
}
