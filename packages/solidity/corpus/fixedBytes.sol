// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract FixedBytes {
    bytes4 public stored4;
    bytes1 public stored1;
    bytes20 stored20;

    function keep(bytes4 a, bytes1 b, bytes20 c) external {
        stored4 = a;
        stored1 = b;
        stored20 = c;
    }

    function kept() external view returns (bytes20, bytes4) {
        return (stored20, stored4);
    }

    function bitwise(bytes8 a, bytes8 b) external pure returns (bytes8, bytes8, bytes8, bytes8) {
        return (a & b, a | b, a ^ b, ~a);
    }

    function shifts(bytes8 a, uint8 b) external pure returns (bytes8, bytes8, bytes32, bytes1) {
        return (a << b, a >> b, bytes32(a) >> b, bytes1(a) << b);
    }

    function casts(bytes32 a) external pure returns (bytes1, bytes4, bytes31, bytes32) {
        return (bytes1(a), bytes4(a), bytes31(a), bytes32(bytes4(a)));
    }

    function numbers(uint32 a, bytes8 b, bytes32 c) external pure returns (bytes4, uint64, uint256, bytes32) {
        return (bytes4(a), uint64(b), uint256(c), bytes32(uint256(a)));
    }

    function addresses(address a, bytes20 b, uint160 c) external pure returns (bytes20, address, address, uint160) {
        return (bytes20(a), address(b), address(c), uint160(a));
    }

    function compare(bytes4 a, bytes4 b) external pure returns (bool, bool, bool, bool) {
        return (a < b, a == b, a >= b, a != b);
    }

    function byteAt(bytes32 a, uint8 i, bytes4 b, uint256 j) external pure returns (bytes1, bytes1) {
        return (a[i], b[j]);
    }

    function lengths(bytes7 a) external pure returns (uint256) {
        return a.length;
    }

    function constants() external pure returns (bytes4, bytes3, bytes32, bytes2) {
        return (0x12345678, "abc", "a longer text in a word", hex"00ff");
    }

    function compareConstants(bytes4 a, bytes32 b) external pure returns (bool, bool) {
        return (a == "abcd", b == bytes32("a"));
    }
}
