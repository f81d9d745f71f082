// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {IEnergyToken, TokenErrors} from "./IEnergyToken.sol";
import {NO_TOKENS, Tokens} from "./Units.sol";

/// @title The Energy Token
/// @notice ERC-20; one token stands for 150 Wh of electricity. Only the bank creates and destroys tokens.
contract EnergyToken is IEnergyToken, TokenErrors {
    string public constant name = "Energy Token";
    string public constant symbol = "ENT";
    uint8 public constant decimals = 18;

    /// @dev An allowance that is never used up.
    Tokens private constant UNLIMITED = Tokens.wrap(type(uint256).max);

    /// @dev The bank, which is fixed for good.
    address private immutable issuer;
    /// @notice All tokens that exist, in token units: the sum of all balances.
    Tokens public totalSupply;

    mapping(address owner => Tokens) private balances;
    mapping(address owner => mapping(address spender => Tokens)) private allowances;

    event Transfer(address indexed from, address indexed to, Tokens value);
    event Approval(address indexed owner, address indexed spender, Tokens value);

    constructor(address bank) {
        require(bank != address(0), "the bank's address is missing");
        issuer = bank;
    }

    // ---- What anyone may read

    /// @notice The bank's address.
    function bank() external view returns (address) {
        return issuer;
    }

    /// @notice Token units of an address.
    function balanceOf(address owner) external view returns (Tokens) {
        return balances[owner];
    }

    /// @notice Token units of `owner` that `spender` may still take.
    function allowance(address owner, address spender) external view returns (Tokens) {
        return allowances[owner][spender];
    }

    // ---- What a holder may do

    /// @notice Moves tokens of the caller.
    /// @param amount token units
    function transfer(address to, Tokens amount) external returns (bool) {
        move(msg.sender, to, amount);
        return true;
    }

    /// @notice Lets `spender` take up to `amount` token units of the caller from now on; the largest number is used up never.
    function approve(address spender, Tokens amount) external returns (bool) {
        allowances[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    /// @notice Moves tokens of `from`, who has allowed it to the caller.
    /// @param amount token units
    function transferFrom(address from, address to, Tokens amount) external returns (bool) {
        useAllowance(from, msg.sender, amount);
        move(from, to, amount);
        return true;
    }

    // ---- What the bank may do

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

    // ---- Parts that several functions use

    function move(address from, address to, Tokens amount) private {
        requireReceiver(to);
        takeFromBalance(from, amount);
        addToBalance(to, amount);
        emit Transfer(from, to, amount);
    }

    function takeFromBalance(address from, Tokens amount) private {
        Tokens held = balances[from];
        if (amount > held) revert ERC20InsufficientBalance(from, held, amount);
        balances[from] = held - amount;
    }

    function addToBalance(address to, Tokens amount) private {
        balances[to] = balances[to] + amount;
    }

    function useAllowance(address owner, address spender, Tokens amount) private {
        Tokens allowed = allowances[owner][spender];
        if (allowed == UNLIMITED) return;
        if (amount > allowed) revert ERC20InsufficientAllowance(spender, allowed, amount);
        allowances[owner][spender] = allowed - amount;
    }

    /// @dev Tokens at the zero address would be lost by mistake.
    function requireReceiver(address to) private pure {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
    }
}
