// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

contract Hashes {
    bytes32 constant TYPE = keccak256("Reading(uint64 energy,uint32 period,address meter)");
    bytes32 constant DOMAIN_TYPE = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    struct Reading {
        uint64 energy;
        uint32 period;
        address meter;
    }

    function constantHash() external pure returns (bytes32, bytes32, bytes32) {
        return (keccak256("text"), keccak256(""), keccak256(hex"00ff00"));
    }

    function encoded(uint8 a, int16 b, bool c, address d, bytes4 e) external pure returns (bytes32) {
        return keccak256(abi.encode(a, b, c, d, e));
    }

    function packed(uint8 a, int16 b, bool c, address d, bytes4 e) external pure returns (bytes32) {
        return keccak256(abi.encodePacked(a, b, c, d, e));
    }

    function packedMore(uint24 a, uint256 b, int128 c, bytes3 d, bytes32 e, uint64 f) external pure returns (bytes32) {
        return keccak256(abi.encodePacked(a, b, c, d, e, f, "text", uint16(1)));
    }

    function single(uint256 a, uint8 b) external pure returns (bytes32, bytes32) {
        return (keccak256(abi.encode(a)), keccak256(abi.encodePacked(b)));
    }

    function domain() public view returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN_TYPE, keccak256(bytes("Meters")), keccak256(bytes("1")), block.chainid, address(this))
        );
    }

    function digest(Reading calldata r) public view returns (bytes32) {
        bytes32 inner = keccak256(abi.encode(TYPE, r.energy, r.period, r.meter));
        return keccak256(abi.encodePacked("\x19\x01", domain(), inner));
    }

    function recover(bytes32 digest, uint8 v, bytes32 r, bytes32 s) external pure returns (address) {
        return ecrecover(digest, v, r, s);
    }

    mapping(address => uint64) public readings;
    mapping(address => uint32) public last;

    event Read(address indexed meter, uint64 energy);
    error BadSignature();

    function report(uint64 energy, uint32 period, uint8 v, bytes32 r, bytes32 s) external {
        address meter = ecrecover(keccak256(abi.encode(energy, period)), v, r, s);
        if (meter == address(0)) revert BadSignature();
        require(period > last[meter], "old");
        last[meter] = period;
        readings[meter] += energy;
        emit Read(meter, energy);
    }

    function decode(uint256 a, address b) external pure returns (uint256, address) {
        return abi.decode(abi.encode(a, b), (uint256, address));
    }

    function structHash(Reading memory r) external pure returns (bytes32) {
        return keccak256(abi.encode(r));
    }

    function arrayHash(uint16[3] memory list) external pure returns (bytes32, bytes32) {
        return (keccak256(abi.encode(list)), keccak256(abi.encodePacked(list)));
    }

    function dynamicHash(uint16[] memory list, string memory text) external pure returns (bytes32) {
        return keccak256(abi.encode(list, text, uint8(4)));
    }

    function textHash(string memory text, bytes calldata data) external pure returns (bytes32, bytes32, bytes32) {
        return (keccak256(bytes(text)), keccak256(data), keccak256(abi.encodePacked(text, uint8(7), data)));
    }

    function same(string memory a, string memory b) external pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}
