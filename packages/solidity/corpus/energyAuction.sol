// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

type Energy is uint64;
type Price is uint128;

using {addEnergy as +, subEnergy as -, lessEnergy as <, isZero} for Energy global;
using {lessPrice as <, lessOrEqualPrice as <=} for Price global;

function addEnergy(Energy a, Energy b) pure returns (Energy) {
    return Energy.wrap(Energy.unwrap(a) + Energy.unwrap(b));
}
function subEnergy(Energy a, Energy b) pure returns (Energy) {
    return Energy.wrap(Energy.unwrap(a) - Energy.unwrap(b));
}
function lessEnergy(Energy a, Energy b) pure returns (bool) {
    return Energy.unwrap(a) < Energy.unwrap(b);
}
function isZero(Energy a) pure returns (bool) {
    return Energy.unwrap(a) == 0;
}
function lessPrice(Price a, Price b) pure returns (bool) {
    return Price.unwrap(a) < Price.unwrap(b);
}
function lessOrEqualPrice(Price a, Price b) pure returns (bool) {
    return Price.unwrap(a) <= Price.unwrap(b);
}

/// A call auction: orders of a period are sorted by price and matched at one price.
contract EnergyAuction {
    struct Order {
        address who;
        Energy energy;
        Price price;
    }

    uint256 constant MOST = 12;
    Order[] offers;
    Order[] bids;
    uint256 public period;
    mapping(address => int256) public account;

    event Cleared(uint256 indexed period, Price price, Energy energy);
    event Matched(address indexed seller, address indexed buyer, Energy energy);
    error Full(uint256 most);

    function offer(Energy energy, Price price) external {
        add(offers, energy, price);
    }

    function bid(Energy energy, Price price) external {
        add(bids, energy, price);
    }

    function add(Order[] storage list, Energy energy, Price price) internal {
        require(!energy.isZero(), "no energy");
        if (list.length == MOST) revert Full(MOST);
        list.push(Order(msg.sender, energy, price));
    }

    function clear() external returns (Price price, Energy traded) {
        Order[] memory asks = sorted(offers, true);
        Order[] memory wants = sorted(bids, false);
        uint256 a;
        uint256 b;
        while (a < asks.length && b < wants.length && asks[a].price <= wants[b].price) {
            Energy part = asks[a].energy < wants[b].energy ? asks[a].energy : wants[b].energy;
            price = Price.wrap((Price.unwrap(asks[a].price) + Price.unwrap(wants[b].price)) / 2);
            settle(asks[a].who, wants[b].who, part);
            traded = traded + part;
            asks[a].energy = asks[a].energy - part;
            wants[b].energy = wants[b].energy - part;
            if (asks[a].energy.isZero()) a++;
            if (wants[b].energy.isZero()) b++;
        }
        emit Cleared(period++, price, traded);
        delete offers;
        delete bids;
    }

    function settle(address seller, address buyer, Energy energy) private {
        int256 amount = int256(uint256(Energy.unwrap(energy)));
        account[seller] += amount;
        account[buyer] -= amount;
        emit Matched(seller, buyer, energy);
    }

    function sorted(Order[] storage list, bool ascending) private view returns (Order[] memory result) {
        result = list;
        for (uint256 i = 1; i < result.length; i++) {
            Order memory order = result[i];
            uint256 j = i;
            for (; j > 0 && isBefore(order.price, result[j - 1].price, ascending); j--) result[j] = result[j - 1];
            result[j] = order;
        }
    }

    function isBefore(Price a, Price b, bool ascending) private pure returns (bool) {
        return ascending ? a < b : b < a;
    }

    function book() external view returns (Order[] memory, Order[] memory) {
        return (sorted(offers, true), sorted(bids, false));
    }
}
