// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Payouts.sol";

/// @dev Payouts that repeat.
abstract contract StandingOrders is Payouts {
    /// @notice Standing orders so far; their ids run from 1.
    uint256 public standingOrderCount;
    mapping(OrderId => StandingOrder) private ordersById;

    /// @notice Leaves an order for a payout of so many token units at every interval, the first one interval from now.
    function setStandingOrder(Tokens amount, Duration intervalSeconds, Destination destination)
        external
        returns (OrderId orderId)
    {
        require(amount > NO_TOKENS, "the amount is 0");
        require(intervalSeconds > NO_TIME, "the interval is 0");
        require(destination.isChosen(), "the destination is missing");
        orderId = OrderId.wrap(++standingOrderCount);
        DueDate firstDue = dueAfter(intervalSeconds);
        ordersById[orderId] = StandingOrder({
            holder: msg.sender,
            interval: intervalSeconds,
            amount: amount,
            destination: destination,
            nextDue: firstDue
        });
        emit StandingOrderSet(orderId, msg.sender, amount, inSeconds(intervalSeconds), destination, firstDue);
    }

    /// @notice Ends an order of the caller: the one that is described, whatever else may have its id by then.
    function cancelStandingOrder(OrderId orderId, Tokens amount, Destination destination) external {
        StandingOrder storage order = ordersById[orderId];
        bool isSame = order.holder == msg.sender && order.amount == amount && order.destination == destination;
        if (!isSame) revert OtherStandingOrder(orderId, order.holder, order.amount, order.destination);
        require(order.nextDue.isSet(), "this standing order is cancelled");
        order.nextDue = NEVER;
        emit StandingOrderCancelled(orderId, msg.sender);
    }

    /// @notice Pays every order of the list that is due, with one payout each.
    /// @return paid how many
    function runStandingOrders(OrderId[] calldata orderIds) external returns (uint256 paid) {
        operatorSeat();
        for (uint256 i = 0; i < orderIds.length; ++i) {
            if (runStandingOrder(orderIds[i])) ++paid;
        }
    }

    /// @dev An order that its holder's tokens or allowance do not cover is left for a later run and named in an event, since
    ///      a failed call would undo the whole run.
    function runStandingOrder(OrderId orderId) private returns (bool isPaid) {
        DueDate due = ordersById[orderId].nextDue;
        if (!due.isSet() || !due.isReached()) return false;
        StandingOrder memory order = ordersById[orderId];
        Tokens available = smaller(
            energyToken.balanceOf(order.holder), energyToken.allowance(order.holder, address(this))
        );
        if (order.amount > available) {
            emit StandingOrderUncovered(orderId, available, order.amount);
            return false;
        }
        PayoutId payoutId = requestPayout(order.holder, order.amount, order.destination);
        DueDate nextDue = due.movedBeyondNow(order.interval);
        ordersById[orderId].nextDue = nextDue;
        emit StandingOrderPaid(orderId, payoutId, nextDue);
        return true;
    }

    /// @notice Which of the 256 standing orders from an id on are in certain states; as `payoutsIn`. State: 1 waiting, 2 due, 3
    ///         cancelled.
    function standingOrdersIn(uint256 states, uint256 first) external view returns (uint256 marks) {
        uint256 end = endOf(first, standingOrderCount);
        for (uint256 id = first; id < end; ++id) {
            if (has(states, uint256(stateOf(ordersById[OrderId.wrap(id)].nextDue)))) marks |= 1 << (id - first);
        }
    }

    function stateOf(DueDate nextDue) private view returns (OrderState) {
        if (!nextDue.isSet()) return OrderState.Cancelled;
        return nextDue.isReached() ? OrderState.Due : OrderState.Waiting;
    }

    /// @notice A standing order: whose, token units, where to, seconds between payouts, block time of the next.
    function standingOrders(OrderId orderId)
        external
        view
        returns (address holder, Tokens tokens, Destination destination, uint256 intervalSeconds, DueDate nextDue)
    {
        StandingOrder memory order = ordersById[orderId];
        return (order.holder, order.amount, order.destination, inSeconds(order.interval), order.nextDue);
    }
}
