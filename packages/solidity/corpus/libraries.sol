// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

type Id is uint32;
type Ratio is int128;
type Key is bytes32;

using {add as +, negate as -, equal as ==, next} for Id global;
using Ratios for Ratio global;
using {plus as +, minus as -, negateRatio as -, times as *, less as <} for Ratio global;

function add(Id a, Id b) pure returns (Id) {
    return Id.wrap(Id.unwrap(a) + Id.unwrap(b));
}
function negate(Id a) pure returns (Id) {
    unchecked {
        return Id.wrap(0 - Id.unwrap(a));
    }
}
function equal(Id a, Id b) pure returns (bool) {
    return Id.unwrap(a) == Id.unwrap(b);
}
function next(Id a) pure returns (Id) {
    return Id.wrap(Id.unwrap(a) + 1);
}
function plus(Ratio a, Ratio b) pure returns (Ratio) {
    return Ratio.wrap(Ratio.unwrap(a) + Ratio.unwrap(b));
}
function minus(Ratio a, Ratio b) pure returns (Ratio) {
    return Ratio.wrap(Ratio.unwrap(a) - Ratio.unwrap(b));
}
function negateRatio(Ratio a) pure returns (Ratio) {
    return Ratio.wrap(-Ratio.unwrap(a));
}
function times(Ratio a, Ratio b) pure returns (Ratio) {
    return Ratio.wrap(int128(int256(Ratio.unwrap(a)) * Ratio.unwrap(b) / 1e6));
}
function less(Ratio a, Ratio b) pure returns (bool) {
    return Ratio.unwrap(a) < Ratio.unwrap(b);
}

library Ratios {
    int128 internal constant ONE = 1e6;

    function make(int64 n, int64 d) internal pure returns (Ratio) {
        return Ratio.wrap(int128(n) * ONE / d);
    }

    function half(Ratio r) internal pure returns (Ratio) {
        return Ratio.wrap(Ratio.unwrap(r) / 2);
    }
}

library Sets {
    struct Set {
        uint256[] items;
        mapping(uint256 => uint256) places;
    }

    error Missing(uint256 item);
    event Added(uint256 indexed item);

    function add(Set storage set, uint256 item) internal returns (bool) {
        if (set.places[item] != 0) return false;
        set.items.push(item);
        set.places[item] = set.items.length;
        emit Added(item);
        return true;
    }

    function remove(Set storage set, uint256 item) internal {
        uint256 place = set.places[item];
        if (place == 0) revert Missing(item);
        uint256 last = set.items[set.items.length - 1];
        set.items[place - 1] = last;
        set.places[last] = place;
        set.items.pop();
        delete set.places[item];
    }

    function has(Set storage set, uint256 item) internal view returns (bool) {
        return set.places[item] > 0;
    }
}

library Numbers {
    function max(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a : b;
    }

    function sum(uint256[] memory list) internal pure returns (uint256 total) {
        for (uint256 i; i < list.length; i++) total += list[i];
    }

    function clamp(uint256 a, uint256 low, uint256 high) internal pure returns (uint256) {
        return max(low, a < high ? a : high);
    }
}

contract UsesLibraries {
    using Sets for Sets.Set;
    using Numbers for uint256;
    using Numbers for uint256[];

    Sets.Set set;
    Id public id;
    Ratio public ratio;
    mapping(Id => Key) public keys;

    function add(uint256 item) external returns (bool) {
        return set.add(item);
    }

    function remove(uint256 item) external {
        set.remove(item);
    }

    function has(uint256 item) external view returns (bool, uint256) {
        return (set.has(item), set.items.length);
    }

    function numbers(uint256 a, uint256 b, uint256[] memory list) external pure returns (uint256, uint256, uint256) {
        return (a.max(b), list.sum(), Numbers.clamp(a, 3, b));
    }

    function ids(Id a, Id b) external returns (Id, Id, bool) {
        id = (a + b).next();
        return (id, -a, a == b);
    }

    function ratios(int64 n, int64 d, Ratio r) external returns (Ratio, Ratio, bool) {
        Ratio q = Ratios.make(n, d);
        ratio = q + r * q - r.half();
        return (ratio, -q, q < r);
    }

    function keep(Id i, Key k) external {
        keys[i] = k;
        keys[i.next()] = Key.wrap(bytes32(uint256(Id.unwrap(i))));
    }
}
