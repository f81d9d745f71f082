// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract MemoryArrays {
    function make(uint8 n) external pure returns (uint256[] memory list) {
        list = new uint256[](n % 20);
        for (uint256 i = 0; i < list.length; i++) list[i] = i * i;
    }

    function at(uint8 n, uint256 i) external pure returns (uint16) {
        uint16[] memory list = new uint16[](n % 9);
        list[i] = 7;
        return list[i];
    }

    function sort(int64[] memory list) external pure returns (int64[] memory) {
        for (uint256 i = 1; i < list.length; i++) {
            int64 item = list[i];
            uint256 j = i;
            while (j > 0 && list[j - 1] > item) {
                list[j] = list[j - 1];
                j--;
            }
            list[j] = item;
        }
        return list;
    }

    function quick(uint256[] memory list) external pure returns (uint256[] memory) {
        if (list.length > 1) quickSort(list, 0, int256(list.length) - 1);
        return list;
    }

    function quickSort(uint256[] memory list, int256 left, int256 right) internal pure {
        int256 i = left;
        int256 j = right;
        if (i == j) return;
        uint256 pivot = list[uint256(left + (right - left) / 2)];
        while (i <= j) {
            while (list[uint256(i)] < pivot) i++;
            while (pivot < list[uint256(j)]) j--;
            if (i <= j) {
                (list[uint256(i)], list[uint256(j)]) = (list[uint256(j)], list[uint256(i)]);
                i++;
                j--;
            }
        }
        if (left < j) quickSort(list, left, j);
        if (i < right) quickSort(list, i, right);
    }

    function aliases(uint8 a) external pure returns (uint8[3] memory x, uint8[3] memory y) {
        x = [1, 2, a];
        y = x;
        y[0] = 9;
    }

    function inlineArray(uint256 i, int256 j) external pure returns (uint256, int256) {
        uint256[3] memory list = [uint256(10), 20, 30];
        return (list[i], [int256(-1), -2, 5][uint256(j)]);
    }

    function grid(uint8 n, uint8 m) external pure returns (uint256[][] memory rows) {
        rows = new uint256[][](n % 5);
        for (uint256 i; i < rows.length; ++i) {
            rows[i] = new uint256[]((m + i) % 4);
            for (uint256 j; j < rows[i].length; ++j) rows[i][j] = i * 10 + j;
        }
    }

    function fixedGrid(uint256 i, uint256 j, uint32 v) external pure returns (uint32[2][3] memory g) {
        g[i][j] = v;
    }

    function sum2(uint256[][] calldata rows) external pure returns (uint256 total) {
        for (uint256 i; i < rows.length; ++i) {
            for (uint256 j; j < rows[i].length; ++j) total += rows[i][j];
        }
    }

    function echo(uint16[2][] memory pairs, bool[3] calldata flags) external pure returns (bool[3] memory, uint16[2][] memory) {
        return (flags, pairs);
    }

    function slices(address[] calldata list, uint256 i) external pure returns (address, uint256) {
        return (list[i], list.length);
    }

    function large(uint256 n) external pure returns (uint256) {
        uint256[] memory list = new uint256[](n);
        return list.length;
    }

    function empties() external pure returns (uint256[] memory a, string memory b, uint8[2] memory c) {
        uint256[] memory d;
        a = d;
    }

    function clearOne(uint256[] memory list, uint256 i) external pure returns (uint256[] memory, uint256[] memory) {
        delete list[i];
        uint256[] memory other = list;
        delete list;
        return (list, other);
    }

    function fibonacci(uint8 n) external pure returns (uint256[] memory list) {
        n = n % 30 + 2;
        list = new uint256[](n);
        (list[0], list[1]) = (1, 1);
        for (uint8 i = 2; i < n; i++) list[i] = list[i - 1] + list[i - 2];
    }
}
