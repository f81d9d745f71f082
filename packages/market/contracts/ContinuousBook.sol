// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./OrderLog.sol";
import {PriceHeap} from "./PriceHeap.sol";

/// @title A continuous book
/// @notice An order trades with the best orders of the other side that came before it, the earliest of a price first, at their prices; what
///         is left of it waits. The order in the chain is time. What trades is worked out when the gate has closed, from all acts. Power
///         exchanges have such a book, and gsy-e's two-sided market.
contract ContinuousBook is OrderLog {
    /// @dev Bits of an act's place in a key of a heap.
    uint256 private constant PLACE_BITS = 16;

    /// @dev The book while the acts are read again: what is left of each order, and the waiting orders of both sides, the best at hand.
    struct Book {
        uint256[] left;
        PriceHeap bids;
        PriceHeap asks;
        uint256[] trades;
        uint256 count;
    }

    /// @notice Trades in their order, a word each: from the top the waiting order (16 bits), the incoming one (16), energy (64), amount (160).
    event Traded(MeterTime indexed periodStart, uint256[] trades);

    constructor(MarketRules memory marketRules, OrderRules memory orderRules) OrderLog(marketRules, orderRules) {
        require(orderRules.revealBlocks == 0, "time decides in a book: its orders are open");
    }

    /// @notice Works a period out, once: anyone may, when its gate has closed.
    /// @param number the start of the period by its length
    /// @param hint entries of the grid with the prices of the period
    /// @param acts all acts of the period, as they were posted
    function clear(uint256 number, PriceHint calldata hint, uint256[] calldata acts) external {
        OrderSheet memory sheet = sheetFrom(number, hint, acts);
        uint256 count = acts.length;
        Fills memory fills = Fills(new uint256[](count), new uint256[](count));
        Book memory book = Book(
            new uint256[](count),
            PriceHeap(new uint256[](count), 0),
            PriceHeap(new uint256[](count), 0),
            new uint256[](2 * count),
            0
        );
        for (uint256 i = 0; i < count; ++i) {
            uint256 kind = sheet.kinds[i];
            if (isOrder(kind)) {
                book.left[i] = sheet.energies[i];
                take(sheet, book, fills, i);
                if (book.left[i] == 0) continue;
                if (kind == BID) book.bids.push(((type(uint96).max - sheet.prices[i]) << PLACE_BITS) | i);
                else book.asks.push((sheet.prices[i] << PLACE_BITS) | i);
            } else if (kind == CANCEL && isCancelling(sheet, acts, i)) {
                book.left[Act.wrap(acts[i]).aboutOf()] = 0;
            }
        }
        keepFills(number, acts, sheet, fills);
        emit Traded(sheet.ties.period, tradesOf(book));
    }

    /// @dev The trades of an incoming order. One that was taken back leaves its heap when it comes up.
    function take(OrderSheet memory sheet, Book memory book, Fills memory fills, uint256 incoming) private pure {
        bool isBid = sheet.kinds[incoming] == BID;
        uint256 price = sheet.prices[incoming];
        PriceHeap memory others = isBid ? book.asks : book.bids;
        while (book.left[incoming] != 0 && others.size != 0) {
            uint256 resting = others.keys[0] & type(uint16).max;
            uint256 there = book.left[resting];
            if (there != 0) {
                uint256 best = sheet.prices[resting];
                if (isBid ? price < best : price > best) return;
                uint256 wanted = book.left[incoming];
                uint256 energy = wanted < there ? wanted : there;
                uint256 amount = (energy * best) / MWH_PER_TOKEN;
                fill(book, fills, resting, energy, amount);
                fill(book, fills, incoming, energy, amount);
                book.trades[book.count] = (resting << 240) | (incoming << 224) | (energy << 160) | amount;
                book.count += 1;
                if (energy != there) return;
            }
            others.pop();
        }
    }

    function fill(Book memory book, Fills memory fills, uint256 act, uint256 energy, uint256 amount) private pure {
        book.left[act] -= energy;
        fills.energies[act] += energy;
        fills.amounts[act] += amount;
    }

    function tradesOf(Book memory book) private pure returns (uint256[] memory trades) {
        trades = new uint256[](book.count);
        for (uint256 i = 0; i < book.count; ++i) trades[i] = book.trades[i];
    }
}
