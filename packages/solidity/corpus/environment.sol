// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Environment {
    address public immutable deployer = msg.sender;
    uint256 public immutable bornAt = block.timestamp;
    uint256 public height = block.number;

    function now_() external view returns (uint256, uint256, uint256) {
        return (block.timestamp, block.number, block.chainid);
    }

    function who() external view returns (address, address, bytes4) {
        return (msg.sender, address(this), this.who.selector);
    }

    function paid() external payable returns (uint256, uint256) {
        return (msg.value, address(this).balance);
    }

    function age() external view returns (uint256) {
        return (block.timestamp - bornAt) / 1 minutes;
    }

    function isLate(uint256 deadline) external view returns (bool) {
        return block.timestamp > deadline;
    }

    function update() external {
        height = block.number;
    }
}
