// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// What means the same thing and what is a copy, and in which order places and values are worked out.
contract References {
    struct Point {
        int32 x;
        int32 y;
        uint8[] marks;
    }

    struct Box {
        Point low;
        Point high;
        string name;
        Point[2] both;
    }

    event Points(Point one, Point[] many, uint8[] marks);
    event Names(string indexed name, bytes32[] words);
    error Bad(Point point, uint16[] numbers);

    uint16[] public numbers;
    uint16[] others;
    uint256[] wide;
    Point[] points;
    Box box;
    Box[] boxes;
    mapping(uint256 => Point[]) byKey;
    bytes32[] words;
    uint256 public calls;

    function next(uint16 value) internal returns (uint16) {
        calls++;
        numbers.push(value);
        return value + 1;
    }

    function shrink() internal returns (uint16) {
        calls++;
        numbers.pop();
        return 5;
    }

    function pushNext(uint16 value) external {
        numbers.push(next(value));
        wide.push(numbers.length);
        wide.push() = wide.length;
    }

    function setNext(uint16 value) external {
        numbers[next(value) % numbers.length] = next(value);
    }

    function addNext(uint16 value) external {
        numbers[numbers.length - 1] += next(value % 100);
    }

    function setWhileShrinking() external {
        numbers[numbers.length - 1] = shrink();
    }

    function addWhileShrinking() external {
        numbers[numbers.length - 1] += shrink();
    }

    function swapNumbers(uint256 i, uint256 j) external returns (uint16, uint16) {
        i %= numbers.length;
        j %= numbers.length;
        (numbers[i], numbers[j]) = (numbers[j], numbers[i]);
        return (numbers[i], numbers[j]);
    }

    function swapLists() external {
        (numbers, others) = (others, numbers);
    }

    function swapPoints(uint256 i, uint256 j) external {
        (points[i % points.length], points[j % points.length]) = (points[j % points.length], points[i % points.length]);
    }

    function choose(bool which, uint16 value) external returns (uint256, uint256) {
        uint16[] storage list = which ? numbers : others;
        list.push(value);
        (list, ) = which ? (others, numbers) : (numbers, others);
        list.push(value / 2);
        return (numbers.length, others.length);
    }

    function pushPoint(Point calldata point) external {
        points.push(point);
        box.both[points.length % 2] = point;
    }

    function change(Point memory point, int32 by) internal pure returns (Point memory) {
        point.x = by;
        if (point.marks.length > 0) point.marks[0]++;
        return point;
    }

    function shareInMemory(Point memory point, int32 by) external pure returns (Point memory, Point memory, Box memory) {
        Point memory same = change(point, by);
        Box memory here;
        here.low = same;
        here.high = point;
        here.both[1] = same;
        same.y = -1;
        Point memory fresh = Point(1, 2, point.marks);
        if (fresh.marks.length > 0) fresh.marks[fresh.marks.length - 1] = 77;
        return (point, fresh, here);
    }

    function shareLists(uint8 n) external pure returns (uint256[][] memory, uint256[2][] memory) {
        uint256[][] memory lists = new uint256[][](3);
        lists[0] = new uint256[](n % 5);
        lists[2] = lists[0];
        if (n % 5 > 0) lists[2][0] = n;
        uint256[2][] memory pairs = new uint256[2][](2);
        pairs[0] = pairs[1];
        pairs[0][1] = n;
        return (lists, pairs);
    }

    function copyFromStorage(uint256 i) external returns (Point memory, int32) {
        Point memory copy = points[i % points.length];
        copy.x++;
        Point storage pointer = points[i % points.length];
        pointer.y--;
        points[0] = copy;
        return (pointer, points[0].x);
    }

    function dangle(int32 value) external returns (int32, uint256) {
        Point storage last = points[points.length - 1];
        points.pop();
        last.x = value;
        last.marks.push(9);
        Point storage again = points.push();
        return (again.x, again.marks.length);
    }

    function setBox(Box memory value) external {
        box = value;
        boxes.push(value);
        boxes.push(box);
        boxes[0].high = boxes[boxes.length - 1].low;
    }

    function partsOfBox(uint8 n) external returns (Box memory, Point memory) {
        Point memory point = box.both[n % 2];
        box.low = box.high;
        box.high = box.both[0];
        box.both[1] = point;
        box.both[0].marks = box.low.marks;
        delete box.low.marks;
        return (box, box.both[n % 2]);
    }

    function keyed(uint256 key, Point[] calldata list) external returns (uint256) {
        byKey[key] = list;
        byKey[key + 1] = byKey[key];
        if (list.length > 1) byKey[key][0] = byKey[key + 1][list.length - 1];
        return byKey[key].length;
    }

    function emitStored() external {
        if (points.length == 0) points.push();
        emit Points(points[0], points, points[0].marks);
        emit Names(box.name, words);
    }

    function emitGiven(Point[] calldata list, uint8[] calldata marks, bytes32[] memory given, string calldata name) external {
        words = given;
        emit Points(list[0], list, marks);
        emit Names(name, given);
    }

    function failStored(uint256 i) external view {
        revert Bad(points[i % points.length], numbers);
    }

    function failGiven(Point calldata point, uint16[] calldata list) external pure {
        require(point.x > 0, Bad(point, list));
        require(list.length > 3);
    }

    function hashes(uint16[] calldata list) external view returns (bytes32, bytes32, bytes32) {
        return (keccak256(abi.encode(points)), keccak256(abi.encode(list, numbers)), keccak256(abi.encode(box)));
    }

    function sum(uint16[] memory list) public pure returns (uint256 total) {
        for (uint256 i = 0; i < list.length; i++) total += list[i];
    }

    function sumCalldata(uint16[] calldata list) public pure returns (uint256 total) {
        for (uint256 i = 0; i < list.length; i++) total += list[i];
        return total + first(list);
    }

    function first(uint16[] calldata list) internal pure returns (uint256) {
        return list.length == 0 ? 0 : list[0];
    }

    function sums(uint16[] calldata list) external view returns (uint256, uint256, uint256) {
        return (sum(list), sum(numbers), sumCalldata(list));
    }

    function incrementAll(uint16[] storage list) internal returns (uint16[] storage) {
        for (uint256 i = 0; i < list.length; i++) list[i]++;
        return list;
    }

    function increment(bool which) external returns (uint256) {
        return incrementAll(which ? numbers : others).length;
    }

    function outOfBounds(uint256 i, uint256 j, uint8 which) external view returns (int256) {
        if (which % 4 == 0) return int256(uint256(numbers[i]));
        if (which % 4 == 1) return points[i].marks.length == 0 ? int256(-1) : int256(uint256(points[i].marks[j]));
        if (which % 4 == 2) return box.both[i].x;
        return [int256(1), 2, 3][i];
    }

    function clearParts(uint256 i, uint8 which) external {
        if (which % 5 == 0) delete points[i % points.length];
        else if (which % 5 == 1) delete points[i % points.length].marks;
        else if (which % 5 == 2) delete box.both;
        else if (which % 5 == 3) delete boxes[i % boxes.length].name;
        else delete byKey[i];
    }
}
