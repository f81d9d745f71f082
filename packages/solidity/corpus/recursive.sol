// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// Structs that hold lists of themselves.
contract Recursive {
    struct Node {
        uint64 value;
        uint8[] marks;
        Node[] kids;
    }

    Node root;
    Node other;

    function grow(uint8 a, uint8 b, uint64 value) external {
        Node storage node = at(a, b);
        Node storage kid = node.kids.push();
        kid.value = value;
        kid.marks.push(a);
        node.marks.push(b);
    }

    function at(uint8 a, uint8 b) internal view returns (Node storage node) {
        node = root;
        if (node.kids.length > 0) node = node.kids[a % node.kids.length];
        if (node.kids.length > 0) node = node.kids[b % node.kids.length];
    }

    function cut(uint8 a, uint8 b) external {
        at(a, b).kids.pop();
    }

    function copy(uint8 a, uint8 b) external {
        other = at(a, b);
    }

    function back() external {
        root = other;
    }

    /// A part takes the place of the whole that holds it.
    function lift(uint8 a) external {
        root = root.kids[a % root.kids.length];
    }

    /// The same within: what is written is not what is read, but beside it.
    function level(uint8 a, uint8 b) external {
        Node storage node = root.kids[a % root.kids.length];
        root.kids[b % root.kids.length] = node;
        if (node.kids.length > 0) other = node.kids[0];
    }

    function clear(uint8 a, uint8 b, bool all) external {
        if (all) delete root;
        else {
            Node storage node = at(a, b);
            delete node.kids;
        }
    }

    function read(uint8 a, uint8 b) external view returns (uint64, uint256, uint256) {
        Node memory node = at(a, b);
        return (node.value, node.marks.length, node.kids.length);
    }
}
