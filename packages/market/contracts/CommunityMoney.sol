// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Token.sol";
import {Tokens} from "./Units.sol";

/// @title A community's money
/// @notice ERC-20 with 18 decimals; one token is one unit of the currency that the tariffs are in. Its issuer, whom the council has
///         named, creates it for money received outside and destroys what came back to it.
contract CommunityMoney is Token {
    string public constant name = "Community money";
    uint8 public constant decimals = 18;

    /// @dev What accounts of markets have room for.
    uint256 private constant LARGEST_SUPPLY = 2 ** 94;

    /// @notice The currency's code.
    string public symbol;
    /// @notice Who creates and destroys the money.
    address public immutable issuer;

    /// @param currency its code, 1 to 31 bytes
    constructor(address issuer_, string memory currency) {
        require(issuer_ != address(0), "the issuer's address is missing");
        issuer = issuer_;
        symbol = currency;
    }

    /// @notice Creates money.
    /// @param amount token units
    function mint(address to, Tokens amount) external {
        require(msg.sender == issuer, "only the issuer may mint");
        mintTo(to, amount);
        require(Tokens.unwrap(totalSupply) <= LARGEST_SUPPLY, "the supply is 2^94 units at most");
    }

    /// @notice Destroys money of the issuer.
    /// @param amount token units
    function burn(Tokens amount) external {
        require(msg.sender == issuer, "only the issuer may burn");
        burnFrom(msg.sender, amount);
    }
}
