// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// What one account mints, all may send.
contract Coin {
    address public immutable minter;
    mapping(address account => uint256) public balances;

    event Sent(address indexed from, address indexed to, uint256 amount);
    error NotMinter(address who);
    error TooLittle(uint256 wanted, uint256 there);

    constructor() {
        minter = msg.sender;
    }

    function mint(address receiver, uint256 amount) public {
        if (msg.sender != minter) revert NotMinter(msg.sender);
        balances[receiver] += amount;
    }

    function send(address receiver, uint256 amount) public {
        require(amount <= balances[msg.sender], TooLittle(amount, balances[msg.sender]));
        balances[msg.sender] -= amount;
        balances[receiver] += amount;
        emit Sent(msg.sender, receiver, amount);
    }
}
