// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {IEnergyToken} from "./IEnergyToken.sol";
import {NO_TOKENS, Tokens} from "./Units.sol";

/// @title Tokens held until it is known whose they are
/// @notice Where there is nothing to move, no token moves and no event says so.
abstract contract Escrow {
    IEnergyToken private immutable energyToken;

    constructor(address token) {
        require(token != address(0), "the token's address is missing");
        energyToken = IEnergyToken(token);
    }

    /// @notice The Energy Token's address.
    function token() external view returns (address) {
        return address(energyToken);
    }

    /// @dev Needs the allowance of `from`.
    function takeIn(address from, Tokens amount) internal {
        if (amount > NO_TOKENS) energyToken.transferFrom(from, address(this), amount);
    }

    function payOut(address to, Tokens amount) internal {
        if (amount > NO_TOKENS) energyToken.transfer(to, amount);
    }

    function payOut(address to, Tokens amount, address other, Tokens rest) internal {
        IEnergyToken held = energyToken;
        if (amount > NO_TOKENS) held.transfer(to, amount);
        if (rest > NO_TOKENS) held.transfer(other, rest);
    }
}
