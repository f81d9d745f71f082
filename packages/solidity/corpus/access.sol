// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

contract Owned is Ownable {
    uint256 public value;

    constructor(address first) Ownable(first) {}

    function set(uint256 newValue) external onlyOwner {
        value = newValue;
    }
}

contract Handed is Ownable2Step {
    constructor() Ownable(msg.sender) {}
}

contract Roles is AccessControl {
    bytes32 public constant READER = keccak256("READER");
    uint256 public readings;

    constructor() {
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
        _grantRole(READER, msg.sender);
    }

    function read() external onlyRole(READER) {
        readings++;
    }

    function setAdmin(bytes32 role, bytes32 admin) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setRoleAdmin(role, admin);
    }
}

contract Paused is Pausable, Ownable {
    uint256 public count;

    constructor() Ownable(msg.sender) {}

    function pause() external onlyOwner {
        _pause();
    }

    function unpause() external onlyOwner {
        _unpause();
    }

    function add() external whenNotPaused {
        count++;
    }

    function reset() external whenPaused {
        count = 0;
    }
}
