// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// A contract to start from. It counts, tells who counted, and lets only its owner start again.
/// docs/solidity.md of Wattchain says what of Solidity works here.
contract Counter {
    uint256 public constant MOST = 100;

    address public owner;
    uint256 public total;

    event Counted(address indexed by, uint256 total);

    /// An error with figures, which clients show.
    error TooMany(uint256 given, uint256 most);

    constructor() {
        owner = msg.sender;
    }

    /// Counts on, and returns how far.
    function add(uint256 amount) external returns (uint256) {
        if (amount > MOST) revert TooMany(amount, MOST);
        total += amount;
        emit Counted(msg.sender, total);
        return total;
    }

    function reset() external {
        require(msg.sender == owner, "only the owner may do this");
        total = 0;
    }
}
