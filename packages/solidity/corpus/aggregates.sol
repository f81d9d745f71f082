// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// Structs and lists copied between storage, memory and calldata, lists of them, and what is left of them when they shrink.
contract Aggregates {
    enum Kind { Buy, Sell, Swap }
    type Energy is uint64;

    struct Flat {
        uint8 a;
        int16 b;
        address c;
        bool d;
        uint256 e;
        bytes4 f;
        Kind g;
        int64 h;
        Energy i;
    }

    struct Deep {
        uint32 a;
        Flat flat;
        uint64[3] three;
        uint8[] list;
        string name;
        bool last;
        Flat[] flats;
        uint16[2][] pairs;
    }

    struct Held {
        uint8 a;
        mapping(uint256 => uint256) held;
        uint8 b;
        uint8[] list;
        mapping(uint256 => uint256)[] more;
    }

    uint128 before;
    Flat public flat;
    Deep deep;
    Deep other;
    Deep[] deeps;
    Flat[] public flats;
    Flat[3] threeFlats;
    uint8[] small;
    uint256[] wide;
    int24[10] signed;
    int40[] signedList;
    uint8[5][] rows;
    uint16[][3] columns;
    string[] names;
    bytes[2] twoBytes;
    Held[] holders;
    mapping(address => Deep) byOwner;
    Kind[] kinds;
    Energy[] energies;
    bool[] flags;
    int200[] long;
    int200[] longer;
    int256[] longest;
    int200[2] longFixed;
    int200[2] longCopy;
    int8[] tiny;
    uint128 behind;

    function setFlat(Flat calldata value) external {
        flat = value;
    }

    function setFlatFromMemory(Flat memory value) external returns (Flat memory) {
        value.a = value.a / 2;
        flat = value;
        return flat;
    }

    function setDeep(Deep calldata value) external {
        deep = value;
    }

    function setDeepFromMemory(Deep memory value) external {
        value.flat.e ^= 1;
        if (value.list.length > 0) value.list[0] = 7;
        other = value;
    }

    function swap() external {
        Deep memory kept = deep;
        deep = other;
        other = kept;
    }

    function getDeep() external view returns (Deep memory, Deep memory) {
        return (deep, other);
    }

    function same() external {
        deep = deep;
        Deep storage pointer = other;
        other = pointer;
    }

    function pushDeep(Deep calldata value) external {
        deeps.push(value);
    }

    function pushStored() external {
        deeps.push(deep);
        flats.push(flat);
    }

    function pushEmpty() external {
        deeps.push();
        flats.push().e = 5;
        deeps[deeps.length - 1].list.push(9);
    }

    function popDeep() external {
        deeps.pop();
    }

    function popFlat() external {
        flats.pop();
    }

    function moveDeep(uint8 from, uint8 to) external {
        deeps[to % deeps.length] = deeps[from % deeps.length];
    }

    function getDeeps() external view returns (Deep[] memory) {
        return deeps;
    }

    function setDeeps(Deep[] memory values) external {
        deeps = values;
    }

    function own(Deep calldata value) external {
        byOwner[msg.sender] = value;
    }

    function disown() external {
        delete byOwner[msg.sender];
    }

    function owned(address owner) external view returns (Deep memory) {
        return byOwner[owner];
    }

    function setThree(Flat[3] memory value) external {
        threeFlats = value;
        threeFlats[1] = flat;
    }

    function getThree() external view returns (Flat[3] memory) {
        return threeFlats;
    }

    function widen(uint8[] calldata list) external {
        small = list;
        wide = small;
        wide.push(300);
    }

    function widenFromMemory(uint8[] memory list) external {
        wide = list;
        signedList = [int8(-1), 2, 3];
    }

    function shortFixed(int24[4] memory list) external {
        int24[10] memory all;
        for (uint256 i = 0; i < 4; i++) all[i] = list[i];
        signed = all;
        signed = list;
    }

    function fixedToList(int8[6] calldata list) external {
        signedList = list;
    }

    function listFromFixedStorage() external {
        signedList = signed;
    }

    function wideSigned(int200[] calldata list, int200 value, int8[] memory narrow) external returns (int200) {
        if (value % 3 == 0) long = list;
        if (value % 3 == 1) long = narrow;
        long.push(value);
        longer = long;
        longFixed[0] = value;
        longCopy = longFixed;
        longest = long;
        tiny = narrow;
        longer.push(tiny.length == 0 ? int200(0) : tiny[0]);
        if (value < 0) longer = tiny;
        return longer[longer.length - 1];
    }

    function setRows(uint8[5][] calldata value) external {
        rows = value;
    }

    function wideRows(uint8[3][] memory value) external {
        rows = value;
    }

    function getRows() external view returns (uint8[5][] memory, uint16[][3] memory) {
        return (rows, columns);
    }

    function setColumns(uint16[][3] memory value) external {
        columns = value;
    }

    function twoColumns(uint16[][2] calldata value) external {
        columns = value;
    }

    function setNames(string[] calldata value) external {
        names = value;
    }

    function getNames() external view returns (string[] memory) {
        return names;
    }

    function pushName(string memory name) external {
        names.push(name);
    }

    function setBytes(bytes[2] memory value) external {
        twoBytes = value;
    }

    function getBytes() external view returns (bytes[2] memory) {
        return twoBytes;
    }

    function hold(uint256 key, uint8 value) external {
        Held storage held = holders.push();
        held.a = value;
        held.held[key] = value;
        held.b = value;
        held.list.push(value);
        held.more.push()[key] = value;
    }

    function letGo(uint8 which, uint256 i) external {
        if (which == 0) delete holders;
        else if (which == 1) holders.pop();
        else delete holders[i];
    }

    function held(uint256 i, uint256 key) external view returns (uint256, uint256, uint8, uint8) {
        Held storage one = holders[i % holders.length];
        return (one.held[key], one.more.length == 0 ? 0 : one.more[0][key], one.a, one.b);
    }

    function setKinds(Kind[] calldata value) external returns (Kind[] memory) {
        kinds = value;
        return kinds;
    }

    function setEnergies(Energy[] memory value) external returns (Energy) {
        energies = value;
        energies.push(Energy.wrap(7));
        return energies[0];
    }

    function setFlags(bool[] memory value) external {
        flags = value;
    }

    function invert(uint256 i) external returns (bool) {
        i %= flags.length;
        flags[i] = !flags[i];
        return flags[i];
    }

    function clear(uint8 which, uint256 i) external {
        if (which == 0) delete deep;
        else if (which == 1) delete deeps;
        else if (which == 2) delete rows;
        else if (which == 3) delete columns;
        else if (which == 4) delete columns[i];
        else if (which == 5) delete rows[i];
        else if (which == 6) delete names;
        else if (which == 7) delete signed;
        else if (which == 8) delete deeps[i].flats;
        else if (which == 9) delete threeFlats;
        else if (which == 10) delete twoBytes;
        else if (which == 11) delete flat;
        else if (which == 12) delete small;
        else delete flags;
    }

    function neighbours(uint128 a, uint128 b) external returns (uint128, uint128) {
        (before, behind) = (a, b);
        return (before, behind);
    }

    function locals(uint8 n, uint256 i) external pure returns (Flat memory, Deep memory, uint8[5][] memory, Deep[2] memory) {
        Flat memory one;
        one.e = n;
        Deep memory two;
        two.flat = one;
        one.e += 1;
        uint8[5][] memory list = new uint8[5][](n);
        if (n > 0) list[i][4] = n;
        Deep[2] memory both;
        both[1] = two;
        both[0].pairs = new uint16[2][](n % 4);
        if (both[0].pairs.length > 1) both[0].pairs[1][0] = n;
        return (one, two, list, both);
    }

    function shared(uint8 n) external pure returns (uint8[3] memory, uint8[3] memory) {
        uint8[3] memory a = [n, 2, 3];
        uint8[3] memory b = a;
        b[1] = 9;
        delete a;
        return (a, b);
    }

    function huge(uint256 n) external pure returns (uint256) {
        uint256[] memory list = new uint256[](n);
        return list.length;
    }

    function pick(Deep[] calldata values, uint256 i, uint256 j) external pure returns (uint8, uint16, string memory, Kind) {
        Deep calldata value = values[i % values.length];
        return (
            value.list.length == 0 ? 0 : value.list[j % value.list.length],
            value.pairs.length == 0 ? 0 : value.pairs[j % value.pairs.length][1],
            value.name,
            value.flats.length == 0 ? Kind.Swap : value.flats[0].g
        );
    }

    function deepCopy(Deep[] calldata values, uint256 i) external pure returns (Deep memory) {
        Deep memory value = values[i % values.length];
        value.three[2] += 1;
        return value;
    }

    function nested(uint16[][3] calldata value, uint256 i, uint256 j) external pure returns (uint16, uint256, uint16[] memory) {
        uint16[] calldata list = value[i % 3];
        return (list.length == 0 ? 0 : list[j % list.length], list.length, value[j % 3]);
    }
}
