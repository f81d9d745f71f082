// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// The highest bid wins, the others take theirs back.
contract OpenAuction {
    address payable public beneficiary;
    uint256 public endsAt;
    address public highestBidder;
    uint256 public highestBid;
    mapping(address => uint256) pending;
    bool ended;

    event Raised(address bidder, uint256 amount);
    event Ended(address winner, uint256 amount);
    error TooLate();
    error TooLow(uint256 highest);
    error NotYet();
    error EndedAlready();

    constructor(uint16 lasts, address payable to) {
        beneficiary = to;
        endsAt = block.timestamp + lasts;
    }

    function bid() external payable {
        if (block.timestamp > endsAt) revert TooLate();
        if (msg.value <= highestBid) revert TooLow(highestBid);
        if (highestBid != 0) pending[highestBidder] += highestBid;
        highestBidder = msg.sender;
        highestBid = msg.value;
        emit Raised(msg.sender, msg.value);
    }

    function withdraw() external returns (bool) {
        uint256 amount = pending[msg.sender];
        if (amount > 0) {
            pending[msg.sender] = 0;
            payable(msg.sender).transfer(amount);
        }
        return true;
    }

    function end() external {
        if (block.timestamp < endsAt) revert NotYet();
        if (ended) revert EndedAlready();
        ended = true;
        emit Ended(highestBidder, highestBid);
        beneficiary.transfer(highestBid);
    }
}

/// Bids are hidden as hashes until they are revealed.
contract BlindAuction {
    struct Bid {
        bytes32 hidden;
        uint256 deposit;
    }

    address payable public beneficiary;
    uint256 public biddingEnd;
    uint256 public revealEnd;
    mapping(address => Bid[]) public bids;
    address public highestBidder;
    uint256 public highestBid;
    mapping(address => uint256) pending;

    error TooEarly(uint256 time);
    error TooLate(uint256 time);

    modifier onlyBefore(uint256 time) {
        if (block.timestamp >= time) revert TooLate(time);
        _;
    }
    modifier onlyAfter(uint256 time) {
        if (block.timestamp <= time) revert TooEarly(time);
        _;
    }

    constructor() {
        beneficiary = payable(msg.sender);
        biddingEnd = block.timestamp + 100;
        revealEnd = biddingEnd + 2000;
    }

    function bid(bytes32 hidden) external payable onlyBefore(biddingEnd) {
        bids[msg.sender].push(Bid({hidden: hidden, deposit: msg.value}));
    }

    function bidFor(uint256 value, bool isFake) external payable onlyBefore(biddingEnd) {
        bids[msg.sender].push(Bid(keccak256(abi.encodePacked(value, isFake, bytes32(0))), msg.value));
    }

    function reveal(uint256[] calldata values, bool[] calldata fakes, bytes32[] calldata secrets)
        external
        onlyAfter(biddingEnd)
        onlyBefore(revealEnd)
    {
        uint256 length = bids[msg.sender].length;
        require(values.length == length);
        require(fakes.length == length);
        require(secrets.length == length);
        uint256 refund;
        for (uint256 i = 0; i < length; i++) {
            Bid storage toCheck = bids[msg.sender][i];
            (uint256 value, bool isFake, bytes32 secret) = (values[i], fakes[i], secrets[i]);
            if (toCheck.hidden != keccak256(abi.encodePacked(value, isFake, secret))) continue;
            refund += toCheck.deposit;
            if (!isFake && toCheck.deposit >= value && place(msg.sender, value)) refund -= value;
            toCheck.hidden = bytes32(0);
        }
        payable(msg.sender).transfer(refund);
    }

    function place(address bidder, uint256 value) internal returns (bool success) {
        if (value <= highestBid) return false;
        if (highestBidder != address(0)) pending[highestBidder] += highestBid;
        highestBid = value;
        highestBidder = bidder;
        return true;
    }
}
