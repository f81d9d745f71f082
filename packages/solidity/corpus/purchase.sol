// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// A thing is sold; both sides leave twice its price until it has come.
contract Purchase {
    enum State {
        Created,
        Locked,
        Released,
        Inactive
    }

    uint256 public value;
    address payable public seller;
    address payable public buyer;
    State public state;

    error OnlyBuyer();
    error OnlySeller();
    error InvalidState(State is_, State wanted);
    error ValueNotEven();
    event Aborted();
    event Confirmed(address indexed buyer);
    event Received();
    event Refunded(uint256 amount);

    modifier onlyBuyer() {
        if (msg.sender != buyer) revert OnlyBuyer();
        _;
    }
    modifier onlySeller() {
        if (msg.sender != seller) revert OnlySeller();
        _;
    }
    modifier inState(State wanted) {
        if (state != wanted) revert InvalidState(state, wanted);
        _;
    }

    constructor() payable {
        seller = payable(msg.sender);
        value = msg.value / 2;
        if (2 * value != msg.value) revert ValueNotEven();
    }

    function abort() external onlySeller inState(State.Created) {
        emit Aborted();
        state = State.Inactive;
        seller.transfer(address(this).balance);
    }

    function confirm() external payable inState(State.Created) {
        require(msg.value >= value && msg.value <= 4 * value + 2);
        emit Confirmed(msg.sender);
        buyer = payable(msg.sender);
        state = State.Locked;
    }

    function received() external onlyBuyer inState(State.Locked) {
        emit Received();
        state = State.Released;
        buyer.transfer(value);
    }

    function refund() external onlySeller inState(State.Released) {
        emit Refunded(address(this).balance);
        state = State.Inactive;
        (bool paid,) = seller.call{value: address(this).balance}("");
        require(paid, "not paid");
    }
}
