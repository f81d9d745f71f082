// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {TokenErrors} from "./IEnergyToken.sol";
import {Tokens} from "./Units.sol";

/// @title A token as wallets know it
/// @notice ERC-20; name, symbol and decimals are the contract's own. Who creates and destroys tokens the contract says that is one.
abstract contract Token is TokenErrors {
    /// @dev An allowance that is never used up.
    Tokens private constant UNLIMITED = Tokens.wrap(type(uint256).max);

    /// @notice All tokens that exist, in token units: the sum of all balances.
    Tokens public totalSupply;

    mapping(address owner => Tokens) internal balances;
    mapping(address owner => mapping(address spender => Tokens)) private allowances;

    event Transfer(address indexed from, address indexed to, Tokens value);
    event Approval(address indexed owner, address indexed spender, Tokens value);

    // ---- What anyone may read

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

    // ---- Parts that several functions use

    function mintTo(address to, Tokens amount) internal {
        requireReceiver(to);
        totalSupply = totalSupply + amount;
        addToBalance(to, amount);
        emit Transfer(address(0), to, amount);
    }

    function burnFrom(address from, Tokens amount) internal {
        takeFromBalance(from, amount);
        totalSupply = totalSupply - amount;
        emit Transfer(from, address(0), amount);
    }

    function move(address from, address to, Tokens amount) internal {
        requireReceiver(to);
        takeFromBalance(from, amount);
        addToBalance(to, amount);
        emit Transfer(from, to, amount);
    }

    function takeFromBalance(address from, Tokens amount) internal {
        Tokens held = balances[from];
        if (amount > held) revert ERC20InsufficientBalance(from, held, amount);
        balances[from] = held - amount;
    }

    function addToBalance(address to, Tokens amount) internal {
        balances[to] = balances[to] + amount;
    }

    function useAllowance(address owner, address spender, Tokens amount) private {
        Tokens allowed = allowances[owner][spender];
        if (allowed == UNLIMITED) return;
        if (amount > allowed) revert ERC20InsufficientAllowance(spender, allowed, amount);
        allowances[owner][spender] = allowed - amount;
    }

    /// @dev Tokens at the zero address would be lost by mistake.
    function requireReceiver(address to) internal pure {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
    }
}
