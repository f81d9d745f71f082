// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Tokens} from "./Units.sol";

/// @dev Refusals of the token, as ERC-6093 names them, so that wallets can read them. They come through every contract
///      that moves tokens, and are part of its interface too.
interface TokenErrors {
    /// @param needed token units that were to be moved
    error ERC20InsufficientBalance(address sender, Tokens balance, Tokens needed);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InsufficientAllowance(address spender, Tokens allowance, Tokens needed);
}

/// @dev The Energy Token as other contracts call it. Whatever it refuses fails the whole call, so the `true` that it
///      returns for ERC-20's sake need not be looked at.
interface IEnergyToken {
    function balanceOf(address owner) external view returns (Tokens);

    function allowance(address owner, address spender) external view returns (Tokens);

    function transfer(address to, Tokens amount) external returns (bool);

    function transferFrom(address from, address to, Tokens amount) external returns (bool);

    function mint(address to, Tokens amount) external;

    function burn(address from, Tokens amount) external;
}
