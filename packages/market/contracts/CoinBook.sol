// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./CommunityMarket.sol";
import {Token} from "./Token.sol";

/// @dev An order of the coin's book. Orders of a side are a list, the best first, of a price the earliest first; 0 ends it.
struct CoinOrder {
    address owner;
    Price price;
    // ----
    Energy left;
    uint32 previous;
    uint32 next;
    bool isBid;
}

/// @dev The best orders (0: there is none), and the number of the last order.
struct CoinBookEnds {
    uint32 bestBid;
    uint32 bestAsk;
    uint32 orderCount;
}

/// @title A book for the coin, against the community's money
/// @notice Price-time priority, at the resting order's price, and what is not filled rests: the rule of a continuous book, filled as orders come. What a bid
///         may cost is locked in its account, the coins of an ask are held here. An order is of coins of 1 mWh, its price money units for 150 Wh.
abstract contract CoinBook is CommunityMarket, Token {
    /// @dev What is smaller would make it dear to trade through it.
    Energy private constant SMALLEST_ORDER = Energy.wrap(100_000);

    CoinBookEnds public bookEnds;
    mapping(uint32 number => CoinOrder) public coinOrders;

    event CoinOrderPlaced(uint32 indexed number, address indexed owner, bool isBid, Energy coins, Price price);
    event CoinsTraded(uint32 indexed resting, uint32 indexed incoming, Energy coins, Price price, Tokens amount);
    event CoinOrderCancelled(uint32 indexed number, address indexed owner, Energy coins);

    error CoinOrderTooSmall(Energy got, Energy smallest);

    /// @notice Places an order, trades what it can, and lets the rest rest.
    /// @param behind an order of the same side behind which it may come, so that its place is found soon; any number will do, 0 too
    function placeCoinOrder(bool isBid, Energy coins, Price price, uint32 behind) external returns (uint32 number) {
        uint16 member = accounts[msg.sender].number;
        require(member != 0 && member < LEFT, "only a member");
        if (coins < SMALLEST_ORDER) revert CoinOrderTooSmall(coins, SMALLEST_ORDER);
        CoinBookEnds memory ends = bookEnds;
        ends.orderCount += 1;
        number = ends.orderCount;
        emit CoinOrderPlaced(number, msg.sender, isBid, coins, price);
        CoinOrder memory order = CoinOrder(msg.sender, price, coins, 0, 0, isBid);
        if (isBid) lock(msg.sender, cost(coins, price));
        else move(msg.sender, address(this), asCoins(coins));
        if (isBid) ends.bestAsk = take(order, number, ends.bestAsk);
        else ends.bestBid = take(order, number, ends.bestBid);
        if (order.left > NO_ENERGY) rest(order, number, behind, ends);
        bookEnds = ends;
    }

    /// @notice Takes back what is left of an order of the caller.
    function cancelCoinOrder(uint32 number, Price price) external {
        CoinOrder memory order = coinOrders[number];
        require(order.owner == msg.sender && order.price == price, "the caller has no such order");
        CoinBookEnds memory ends = bookEnds;
        if (order.previous != 0) coinOrders[order.previous].next = order.next;
        else if (order.isBid) ends.bestBid = order.next;
        else ends.bestAsk = order.next;
        if (order.next != 0) coinOrders[order.next].previous = order.previous;
        remove(number, order.owner);
        bookEnds = ends;
        if (order.isBid) unlock(msg.sender, cost(order.left, price));
        else move(address(this), msg.sender, asCoins(order.left));
        emit CoinOrderCancelled(number, msg.sender, order.left);
    }

    // ---- Parts that several functions use

    /// @dev Trades with the best orders of the other side while prices meet.
    /// @return best the best order that is left there
    function take(CoinOrder memory order, uint32 number, uint32 first) private returns (uint32 best) {
        best = first;
        while (best != 0 && order.left > NO_ENERGY) {
            CoinOrder memory other = coinOrders[best];
            if (order.isBid ? other.price > order.price : order.price > other.price) break;
            Energy coins = smaller(order.left, other.left);
            Tokens amount = cost(coins, other.price);
            emit CoinsTraded(best, number, coins, other.price, amount);
            if (order.isBid) exchange(order, other.owner, coins, amount);
            else exchange(other, order.owner, coins, amount);
            order.left = order.left - coins;
            other.left = other.left - coins;
            if (other.left > NO_ENERGY) {
                coinOrders[best] = other;
                break;
            }
            remove(best, other.owner);
            best = other.next;
        }
        if (best != first && best != 0) coinOrders[best].previous = 0;
    }

    /// @dev Coins to who bids and money to the seller. What the bid may still cost stays locked.
    function exchange(CoinOrder memory bid, address seller, Energy coins, Tokens amount) private {
        Tokens unlocked = cost(bid.left, bid.price) - cost(bid.left - coins, bid.price);
        payLocked(bid.owner, seller, amount, unlocked);
        move(address(this), bid.owner, asCoins(coins));
    }

    /// @dev Behind the orders of its side that are as good or better.
    function rest(CoinOrder memory order, uint32 number, uint32 behind, CoinBookEnds memory ends) private {
        CoinOrder memory before = coinOrders[behind];
        bool isHint = before.owner != address(0) && before.isBid == order.isBid && isAsGood(before.price, order);
        uint32 previous = isHint ? behind : 0;
        uint32 next = isHint ? before.next : (order.isBid ? ends.bestBid : ends.bestAsk);
        while (next != 0) {
            CoinOrder memory other = coinOrders[next];
            if (!isAsGood(other.price, order)) break;
            previous = next;
            next = other.next;
        }
        order.previous = previous;
        order.next = next;
        coinOrders[number] = order;
        accounts[order.owner].marks += 1;
        if (next != 0) coinOrders[next].previous = number;
        if (previous != 0) coinOrders[previous].next = number;
        else if (order.isBid) ends.bestBid = number;
        else ends.bestAsk = number;
    }

    function remove(uint32 number, address owner) private {
        delete coinOrders[number];
        accounts[owner].marks -= 1; // they count its resting orders
    }

    /// @dev Nobody leaves while an order of it rests: a trade would pay an account that is no more.
    function earliestEnd(address owner, uint256 next) internal view override returns (uint256) {
        require(accounts[owner].marks == 0, "take your coin orders back first");
        return next;
    }

    function isAsGood(Price price, CoinOrder memory order) private pure returns (bool) {
        return order.isBid ? !(order.price > price) : !(price > order.price);
    }

    function asCoins(Energy energy) private pure returns (Tokens) {
        return Tokens.wrap(inMwh(energy));
    }
}
