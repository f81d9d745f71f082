// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Token.sol";
import {Tokens} from "./Units.sol";

/// @title The Energy Token
/// @notice ERC-20; one token stands for 150 Wh of electricity. Only the bank creates and destroys tokens.
contract EnergyToken is Token {
    string public constant name = "Energy Token";
    string public constant symbol = "ENT";
    uint8 public constant decimals = 18;

    /// @dev The bank, which is fixed for good.
    address private immutable issuer;

    constructor(address bank) {
        require(bank != address(0), "the bank's address is missing");
        issuer = bank;
    }

    /// @notice The bank's address.
    function bank() external view returns (address) {
        return issuer;
    }

    // Written out, and not by `mintTo` and `burnFrom`: their calls would add to the gas of the paper's day.

    /// @notice Creates tokens.
    /// @param amount token units
    function mint(address to, Tokens amount) external {
        require(msg.sender == issuer, "only the bank may mint");
        requireReceiver(to);
        totalSupply = totalSupply + amount;
        addToBalance(to, amount);
        emit Transfer(address(0), to, amount);
    }

    /// @notice Destroys tokens of an address.
    /// @param amount token units
    function burn(address from, Tokens amount) external {
        require(msg.sender == issuer, "only the bank may burn");
        takeFromBalance(from, amount);
        totalSupply = totalSupply - amount;
        emit Transfer(from, address(0), amount);
    }
}
