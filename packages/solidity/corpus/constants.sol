// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

uint256 constant FILE_LEVEL = 3 ** 5;
bytes32 constant TAG = keccak256("tag");

function scaled(uint256 a) pure returns (uint256) {
    return a * FILE_LEVEL;
}

contract Constants {
    uint256 public constant A = FILE_LEVEL + 2;
    int16 public constant B = -7;
    address public constant C = address(0x1234);
    bytes32 public constant D = keccak256(abi.encodePacked("Constants", uint8(1)));
    bytes4 public constant E = bytes4(TAG);
    bool constant F = A > 200;
    string public constant G = "a constant";
    uint64 public immutable i = 7;
    address public immutable j;
    int8 immutable k;
    bytes32 public immutable l;
    bool public immutable m;

    constructor(int8 k_, bytes32 l_) {
        j = msg.sender;
        k = k_;
        l = l_;
        if (k_ > 0) m = true;
        else m = false;
    }

    function all() external view returns (uint256, int8, address, bool, bytes32) {
        return (A * i, k, j, F, l);
    }

    function free(uint256 a) external pure returns (uint256) {
        return scaled(a) + scaled(1);
    }

    function tag() external pure returns (bytes32) {
        return TAG;
    }

    function compute(int8 a) external view returns (int256) {
        return int256(a) * k + B;
    }
}
