// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Till {
    uint256 public received;
    mapping(address => uint256) public paidBy;
    event Received(address indexed from, uint256 amount);

    receive() external payable {
        emit Received(msg.sender, msg.value);
    }

    function count() external payable {
        require(msg.value % 3 != 1, "not by three");
        received += msg.value;
        paidBy[msg.sender] += msg.value;
    }
}

contract Closed {
    uint256 public n;

    function set(uint256 m) external {
        n = m;
    }
}

contract Payments {
    mapping(address => uint256) public balances;
    error Failed(address to);

    constructor() payable {}

    receive() external payable {
        balances[msg.sender] += msg.value;
    }

    function deposit(address to) external payable {
        balances[to] += msg.value;
    }

    function withdraw(uint256 amount) external {
        balances[msg.sender] -= amount;
        payable(msg.sender).transfer(amount);
    }

    function send(address payable to, uint256 amount) external returns (bool paid) {
        require(amount <= address(this).balance, "too little");
        (paid,) = to.call{value: amount}("");
        if (!paid) revert Failed(to);
    }

    function all(address to) external view returns (uint256, uint256, uint256) {
        return (address(this).balance, to.balance, msg.sender.balance);
    }

    function value() external payable returns (uint256, uint256) {
        return (msg.value, address(this).balance);
    }
}
