// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

interface IShape {
    function area() external view returns (uint256);
}

abstract contract Base is IShape {
    uint256 public trace;
    uint256 internal immutable side;

    constructor(uint256 s) {
        side = s;
        note(1);
    }

    function note(uint256 n) internal virtual {
        trace = trace * 10 + n;
    }

    function area() public view virtual returns (uint256);

    function run() public virtual returns (uint256) {
        note(2);
        return 1;
    }
}

abstract contract Left is Base {
    uint256 public left = 11;

    function run() public virtual override returns (uint256) {
        note(3);
        return 10 + super.run();
    }
}

abstract contract Right is Base {
    uint256 public right = 22;

    constructor(uint256 r) {
        right += r;
        note(4);
    }

    function run() public virtual override returns (uint256) {
        note(5);
        return 100 + super.run();
    }

    function note(uint256 n) internal virtual override {
        super.note(n);
    }
}

contract Diamond is Left, Right {
    constructor(uint8 a, uint8 b) Right(uint256(b) + 1) Base(a) {
        note(6);
    }

    function run() public override(Left, Right) returns (uint256) {
        note(7);
        return 1000 + super.run();
    }

    function note(uint256 n) internal override(Base, Right) {
        Right.note(n);
    }

    function area() public view override returns (uint256) {
        return side * side;
    }

    function leftOnly() external returns (uint256) {
        return Left.run();
    }
}

interface IHeight {
    function height() external view returns (uint256);
}

contract Square is Base(7), IHeight {
    uint256 public override height = 49;

    function area() public view override returns (uint256) {
        return side * height;
    }

    function bases() external returns (uint256) {
        return Base.run() + this.area() + this.height();
    }
}

abstract contract WithData {
    uint8 private hidden = 3;
    uint16 internal shown;

    function reveal() public view virtual returns (uint8) {
        return hidden;
    }
}

contract Hiding is WithData {
    uint8 private hidden = 5;
    bytes32 word = "w";

    function both() external returns (uint8, uint8, uint16) {
        shown += hidden;
        return (hidden, reveal(), shown);
    }
}
