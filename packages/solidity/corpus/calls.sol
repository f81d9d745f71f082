// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

interface IStore {
    function put(uint256 key, int64 value) external returns (int64 old);
    function get(uint256 key) external view returns (int64);
    function pair() external view returns (uint256, bool);
    function list(uint256 n) external view returns (uint256[] memory);
    function deposit() external payable returns (uint256);
    function fail(uint8 how) external;
    function total() external view returns (uint256);
    function describe(string calldata text) external returns (string memory);
    function move(Point calldata p) external returns (Point memory);
    function absent(uint256 a) external returns (uint256);

    struct Point {
        int32 x;
        int32 y;
    }
}

contract Store {
    mapping(uint256 => int64) values;
    uint256 public total;
    address public lastCaller;
    string public text;

    error Refused(uint8 how, address who);
    event Put(address indexed who, uint256 key);

    function put(uint256 key, int64 value) external returns (int64 old) {
        old = values[key];
        values[key] = value;
        lastCaller = msg.sender;
        emit Put(msg.sender, key);
    }

    function get(uint256 key) external view returns (int64) {
        return values[key];
    }

    function pair() external view returns (uint256, bool) {
        return (total, total > 3);
    }

    function list(uint256 n) external pure returns (uint256[] memory items) {
        items = new uint256[](n % 7);
        for (uint256 i; i < items.length; i++) items[i] = n + i;
    }

    function deposit() external payable returns (uint256) {
        total += msg.value;
        return total;
    }

    function fail(uint8 how) external {
        total++;
        if (how == 0) revert Refused(how, msg.sender);
        require(how != 1, "refused");
        if (how == 2) total = how / (total - total);
        if (how == 3) revert();
    }

    function describe(string calldata t) external returns (string memory old) {
        old = text;
        text = t;
    }

    function move(IStore.Point calldata p) external pure returns (IStore.Point memory) {
        return IStore.Point(p.y, p.x);
    }
}

contract Caller {
    IStore public store;
    uint256 public count;

    constructor(Store s) {
        store = IStore(address(s));
    }

    function put(uint256 key, int64 value) external returns (int64) {
        count++;
        return store.put(key, value) + store.get(key + 1);
    }

    function named(uint256 key) external returns (int64) {
        return store.put({value: 5, key: key});
    }

    function both() external view returns (uint256 a, bool b, uint256 c) {
        (a, b) = store.pair();
        c = store.total();
    }

    function list(uint256 n, uint256 i) external view returns (uint256, uint256[] memory) {
        uint256[] memory items = store.list(n);
        return (items[i], items);
    }

    function pay(uint96 amount) external payable returns (uint256) {
        return store.deposit{value: amount}();
    }

    function fail(uint8 how) external returns (uint256) {
        count++;
        store.fail(how);
        return count;
    }

    function absent(uint256 a) external returns (uint256) {
        return store.absent(a);
    }

    function text(string calldata t) external returns (string memory) {
        return store.describe(t);
    }

    function move(int32 x, int32 y) external returns (int32, IStore.Point memory) {
        IStore.Point memory p = store.move(IStore.Point(x, y));
        return (p.x, p);
    }

    function other(address target, uint256 key) external view returns (int64) {
        return IStore(target).get(key);
    }

    function viaSelf(uint256 key, int64 value) external returns (int64) {
        return this.put(key, value);
    }

    function compare(Store s) external view returns (bool, address) {
        return (address(s) == address(store), address(s));
    }

    function ids() external pure returns (bytes4, bytes4) {
        return (type(IStore).interfaceId, IStore.put.selector);
    }
}

contract Chain {
    function through(Caller caller, uint256 key, int64 value) external returns (int64, uint256) {
        return (caller.put(key, value), caller.count());
    }

    function ask(Store s, Caller c) external view returns (uint256, address, uint256) {
        return (s.total(), s.lastCaller(), c.count());
    }
}
