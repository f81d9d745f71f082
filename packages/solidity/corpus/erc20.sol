// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";

contract Plain is ERC20 {
    constructor() ERC20("Plain coin", "PLN") {
        _mint(msg.sender, 1000 ether);
    }
}

contract Capped is ERC20Capped, ERC20Burnable {
    constructor(uint96 cap) ERC20("Capped", "CAP") ERC20Capped(cap) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Capped) {
        super._update(from, to, value);
    }
}
