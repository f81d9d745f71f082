// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Mappings {
    struct Account {
        uint128 balance;
        mapping(address => uint256) allowances;
        mapping(uint8 => mapping(bool => int64)) table;
        uint64[] history;
    }

    mapping(address => uint256) public one;
    mapping(uint256 => mapping(address => uint64)) public two;
    mapping(bytes4 => mapping(int8 => mapping(bool => bytes32))) public three;
    mapping(address owner => Account) accounts;
    mapping(uint256 => uint256[]) public lists;
    mapping(int256 => bool) flags;

    function set(address a, uint256 v) external returns (uint256) {
        one[a] = v;
        return one[msg.sender];
    }

    function add(uint256 i, address a, uint64 v) external returns (uint64) {
        return two[i][a] += v;
    }

    function put(bytes4 a, int8 b, bool c, bytes32 v) external {
        three[a][b][c] = v;
    }

    function allow(address spender, uint256 v) external {
        Account storage mine = accounts[msg.sender];
        mine.allowances[spender] = v;
        mine.balance += 1;
        mine.history.push(uint64(v));
    }

    function table(uint8 a, bool b, int64 v) external returns (int64 old) {
        mapping(bool => int64) storage row = accounts[msg.sender].table[a];
        old = row[b];
        row[b] = v;
    }

    function read(address owner, address spender) external view returns (uint256, uint128, uint256) {
        Account storage it = accounts[owner];
        return (it.allowances[spender], it.balance, it.history.length);
    }

    function clear(address a, uint256 i) external {
        delete one[a];
        delete two[i][a];
        delete accounts[a].history;
        delete lists[i];
    }

    function append(uint256 i, uint256 v) external {
        lists[i].push(v);
        flags[int256(v)] = !flags[int256(v)];
    }

    function flag(int256 i) external view returns (bool) {
        return flags[i];
    }

    function count(mapping(address => uint256) storage m, address a) internal returns (uint256) {
        return ++m[a];
    }

    function countMine() external returns (uint256) {
        return count(one, msg.sender) + count(accounts[msg.sender].allowances, address(this));
    }
}
