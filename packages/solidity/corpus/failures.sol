// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

error AtFileLevel(uint256 code, address who);

interface IFailures {
    error FromInterface(bytes4 tag);
}

library Checks {
    error FromLibrary(int8 n);

    function check(int8 n) internal pure {
        if (n < 0) revert FromLibrary(n);
    }
}

contract Failures is IFailures {
    error Empty();
    error Two(uint8 a, bool b);
    error List(uint256[] items, string text);

    uint256[] list;
    enum E {
        A,
        B
    }

    function texts(uint8 n) external pure returns (uint8) {
        require(n != 0);
        require(n != 1, "one is not allowed");
        require(n != 2, "");
        if (n == 3) revert();
        if (n == 4) revert("four is not allowed, and this text is longer than one word of the machine");
        return n;
    }

    function customs(uint8 n, int8 m) external view returns (uint8) {
        if (n == 0) revert Empty();
        if (n == 1) revert Two(n, true);
        if (n == 2) revert Two({b: false, a: n});
        if (n == 3) revert AtFileLevel(n, msg.sender);
        if (n == 4) revert IFailures.FromInterface(this.asserts.selector);
        require(n != 5, Empty());
        require(n != 6, Two(n, m > 0));
        Checks.check(m);
        if (m == 1) revert Checks.FromLibrary(m);
        return n;
    }

    function lists(uint256[] memory items) external pure {
        revert List(items, "a list");
    }

    function asserts(uint8 n) external pure returns (uint8) {
        assert(n > 2);
        return n;
    }

    function panics(uint8 n, uint256 a) external returns (uint256) {
        if (n == 0) assert(a > 100);
        if (n == 1) return a - 5;
        if (n == 2) return 5 / a;
        if (n == 3) return uint256(E(a));
        if (n == 4) list.pop();
        if (n == 5) return list[a];
        if (n == 6) return [uint256(1), 2][a];
        list.push(a);
        return list.length;
    }

    function conditionOrder(uint256 a) external view returns (uint256) {
        require(a != 1, AtFileLevel(checkedAdd(a), msg.sender));
        return a;
    }

    function checkedAdd(uint256 a) internal pure returns (uint256) {
        require(a > 1, "evaluated");
        return a + 1;
    }

    function undone(uint256 a) external returns (uint256) {
        list.push(a);
        require(a % 2 == 0, "odd");
        return list.length;
    }
}
