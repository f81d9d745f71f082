// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Texts {
    string public name;
    bytes public data;
    string public constant LONG = "a text that has more than thirty-one bytes and stands in the code";
    string constant SHORT = "short";
    mapping(uint256 => string) public titles;
    string[] public list;

    struct Named {
        string label;
        uint8 rank;
    }
    Named public named;

    event Said(string text, bytes data);
    event Tagged(string indexed tag, uint256 n);
    error Bad(string why, uint256 n);

    constructor(string memory first) {
        name = first;
    }

    function set(string calldata text, bytes calldata other) external {
        name = text;
        data = other;
        emit Said(text, other);
    }

    function title(uint256 i, string memory text) external {
        titles[i] = text;
        list.push(text);
        emit Tagged(text, i);
    }

    function setNamed(Named calldata n) external returns (Named memory) {
        named = n;
        return named;
    }

    function echo(string memory text, bytes calldata other) external pure returns (bytes memory, string memory) {
        return (other, text);
    }

    function fail(string memory why, uint256 n) external pure {
        if (n == 0) revert Bad(why, n);
        if (n == 1) revert(why);
        require(n != 2, why);
        require(n != 3, "the text of this failure is a constant that is longer than a word of thirty-two bytes");
        revert Bad("constant text", n);
    }

    function lengths(string memory text, bytes memory other) external view returns (uint256, uint256, uint256) {
        return (bytes(text).length, other.length, bytes(name).length);
    }

    function constants() external pure returns (string memory, string memory, string memory, bytes memory) {
        return (SHORT, LONG, unicode"Grüße ✓", hex"deadbeef");
    }

    function pick(bool which) external pure returns (string memory) {
        return which ? "yes" : "certainly not";
    }

    function clear(uint256 i) external {
        delete name;
        delete titles[i];
        list.pop();
    }

    function local(string memory text) external pure returns (string memory a, string memory b) {
        string memory c = text;
        a = c;
        b = "b";
    }
}
