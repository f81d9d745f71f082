// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// Milliwatt-hours.
type Energy is uint64;
/// Token units for a kilowatt-hour.
type Price is uint128;

using {plus as +, over as /} for Price global;

function plus(Price a, Price b) pure returns (Price) {
    return Price.wrap(Price.unwrap(a) + Price.unwrap(b));
}

function over(Price a, Price b) pure returns (Price) {
    return Price.wrap(Price.unwrap(a) / Price.unwrap(b));
}

/// What neighbours pay each other: something between what the grid pays and what it charges.
contract MidMarket {
    Price public immutable feedIn;
    Price public immutable retail;

    event Sold(address indexed seller, Energy energy, uint256 cost);
    error NothingToShare(Price feedIn, Price retail);

    constructor(Price gridPays, Price gridCharges) {
        if (Price.unwrap(gridPays) >= Price.unwrap(gridCharges)) revert NothingToShare(gridPays, gridCharges);
        feedIn = gridPays;
        retail = gridCharges;
    }

    /// The rule: both gain the same.
    function price() public view virtual returns (Price) {
        return (feedIn + retail) / Price.wrap(2);
    }

    function costOf(Energy energy) public view returns (uint256) {
        return uint256(Energy.unwrap(energy)) * Price.unwrap(price()) / 1_000_000;
    }

    function sell(Energy energy) external returns (uint256 cost) {
        cost = costOf(energy);
        emit Sold(msg.sender, energy, cost);
    }
}

/// The same with another rule: three quarters of the gain are the seller's.
contract SellersFirst is MidMarket {
    constructor(Price gridPays, Price gridCharges) MidMarket(gridPays, gridCharges) {}

    function price() public view override returns (Price) {
        return (feedIn + retail + retail + retail) / Price.wrap(4);
    }
}
