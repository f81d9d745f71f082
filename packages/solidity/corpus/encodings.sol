// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

type Energy is uint64;

enum Color {
    Red,
    Green,
    Blue
}

struct Pair {
    uint8 a;
    bool b;
}

struct Flat {
    Pair pair;
    address who;
    bytes3 tag;
    Color color;
    int136 wide;
}

struct Part {
    uint8 a;
    string text;
    uint16[] list;
    Pair[2] two;
}

struct Tree {
    Part[] parts;
    bytes data;
    Flat flat;
    int8[][] rows;
}

/** Arguments, results, events and errors of every shape, from memory, calldata and storage. */
contract Encodings {
    event Parts(uint8 indexed a, string indexed text, Part part, string other, uint8[] list);
    event Flats(Pair pair, Flat flat, uint256 last);
    error Wrong(Part[] parts, string text, Pair pair);
    error WrongFlat(Pair pair, Flat flat, int8 last);

    mapping(uint8 => Part) public byNumber;
    bytes17[] public tags;
    int136[2] public wides;

    function keepNumber(uint8 number, Part calldata part) external returns (Part memory) {
        byNumber[number] = part;
        return byNumber[number];
    }

    function keepWide(bytes17[] calldata list, int136[2] memory two) external returns (bytes17[] memory, int136[2] memory) {
        tags = list;
        wides = two;
        return (tags, wides);
    }

    function echo(Flat[] calldata flats, string[2] calldata texts, uint8[][2] memory rows)
        external
        pure
        returns (Flat[] calldata, string[2] calldata, uint8[][2] memory)
    {
        return (flats, texts, rows);
    }

    function member(Tree calldata tree, uint256 i, uint256 j)
        external
        pure
        returns (uint8, string memory, uint16, bool, bytes calldata, address, int8)
    {
        Part calldata part = tree.parts[i];
        return (part.a, part.text, part.list[j], part.two[j].b, tree.data, tree.flat.who, tree.rows[i][j]);
    }

    function lengths(Tree calldata tree, uint8[][2] calldata rows) external pure returns (uint256, uint256, uint256) {
        return (tree.parts.length, tree.rows.length, rows[1].length);
    }

    function cube(uint8[3][2][] calldata list, uint256 i, uint256 j, uint256 k)
        external
        pure
        returns (uint8, uint8[3] memory, uint8[3][2] memory)
    {
        return (list[i][j][k], list[i][j], list[i]);
    }

    function log(Part calldata part, string calldata text, uint8[] memory list) external {
        emit Parts(part.a, text, part, text, list);
        emit Flats(part.two[0], Flat(part.two[1], address(7), "abc", Color.Blue, -1), list.length);
    }

    function fail(Part[] calldata parts, string memory text, Pair memory pair) external pure {
        revert Wrong(parts, text, pair);
    }

    function failFlat(Pair calldata pair, Flat memory flat, int8 last) external pure {
        if (last != 3) revert WrongFlat(pair, flat, last);
    }

    function hashed(Part calldata part, string memory text, Energy energy) external pure returns (bytes32, bytes32) {
        bytes32 all = keccak256(abi.encode(part, text, energy));
        return (all, keccak256(abi.encode(part.two, energy, int16(-1), part.two[1])));
    }

    function packed(string memory text, Color color, Energy energy, int24 number, bool flag, bytes memory data)
        external
        pure
        returns (bytes32, bytes32, bytes32)
    {
        return (
            keccak256(abi.encodePacked(color, energy, number, flag)),
            keccak256(abi.encodePacked(text, color, energy, "literal", number, data)),
            keccak256(abi.encodePacked("a literal that is longer than one word of 32 bytes", flag))
        );
    }

    function decoded(uint256 a, int256 b, uint256 c) external pure returns (uint8, int8, bool) {
        return abi.decode(abi.encode(a, b, c), (uint8, int8, bool));
    }

    function decodedLists(uint256[9] memory list) external pure returns (uint16[] memory, string memory) {
        list[0] = (list[0] % 11) * 32;
        list[1] = (list[1] % 11) * 32;
        return abi.decode(abi.encode(list), (uint16[], string));
    }
}
