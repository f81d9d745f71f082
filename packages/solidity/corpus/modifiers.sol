// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Modifiers {
    address owner;
    uint256 public count;
    uint256 public log;
    bool locked;

    constructor() {
        owner = msg.sender;
    }

    modifier onlyOwner() {
        require(msg.sender == owner, "not the owner");
        _;
    }

    modifier atLeast(uint256 n) {
        if (count < n) return;
        _;
    }

    modifier counted(uint256 before, uint256 later) {
        count += before;
        _;
        count += later;
    }

    modifier lock() {
        require(!locked, "locked");
        locked = true;
        _;
        locked = false;
    }

    modifier when(bool condition) {
        if (condition) {
            _;
        } else {
            log = 99;
        }
    }

    modifier both(uint256 n) {
        uint256 local = n * 2;
        _;
        log += local;
    }

    function earlyReturn(uint256 n) external counted(1, 10) returns (uint256) {
        if (n > 3) return n;
        count += 100;
        return count;
    }

    function guarded(uint256 n) external atLeast(n) returns (uint256 r) {
        r = 5;
        count++;
    }

    function owned(uint256 n) external onlyOwner counted(n, next(n)) lock returns (uint256) {
        return inner(n);
    }

    function next(uint256 n) internal returns (uint256) {
        log++;
        return n + 1;
    }

    function inner(uint256 n) private both(n) returns (uint256 r) {
        r = n;
        count += r;
    }

    function conditional(bool c, uint256 n) external when(c) when(n > 2) returns (uint256 r) {
        r = n;
        log = n;
    }

    function argumentChanged(uint256 n) external both(n) returns (uint256) {
        n = n + 1;
        return n;
    }

    function virtualOne() external marked returns (uint256) {
        return log;
    }

    modifier marked() virtual {
        log = 1;
        _;
    }
}

contract Overridden is Modifiers {
    modifier marked() override {
        log = 2;
        _;
        log = 3;
    }
}
