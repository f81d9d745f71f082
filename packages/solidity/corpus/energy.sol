// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bank} from "first/Bank.sol";
import {EnergyToken} from "first/EnergyToken.sol";
import {EnergyTrade} from "first/EnergyTrade.sol";
import "first/BankRecords.sol";
import "first/TradeRecords.sol";
import "first/Units.sol";

// The three contracts of the market as they are, and households that use them with arguments that make sense.

contract Token is EnergyToken {
    constructor(address next) EnergyToken(next) {}
}

contract TownBank is Bank {
    constructor(Token token)
        Bank(
            address(token),
            msg.sender,
            Tokens.wrap(1e22),
            address(0x5a5A),
            Tokens.wrap(5),
            Rate.wrap(3e15),
            Rate.wrap(2e15)
        )
    {}
}

contract Seller {
    MeterId constant METER = MeterId.wrap("roof");
    Duration constant HOUR = Duration.wrap(3600);
    uint64 immutable first = uint64(block.timestamp) / 3600 * 3600;
    uint64 public hour;
    uint64 public number;

    function begin(TownTrade trade) external {
        trade.registerMeter(METER, address(this), address(this));
    }

    function offer(TownTrade trade, uint8 ahead, uint16 energy, uint16 price, uint16 time) external returns (OfferId) {
        uint64 until = uint64(block.timestamp) + time;
        return trade.offer(
            METER,
            start(ahead),
            HOUR,
            Energy.wrap(1 + uint64(energy) * 100),
            Price.wrap(uint128(price) * 1e13),
            BlockTime.wrap(until),
            BlockTime.wrap(until + 2000)
        );
    }

    function cancel(TownTrade trade, uint8 id) external {
        trade.cancelOffer(OfferId.wrap(trade.offerCount() - id % 3));
    }

    function report(TownTrade trade, uint16 produced, uint16 consumed, bool twice) external {
        uint256 n = twice ? 2 : 1;
        MeterId[] memory meters = new MeterId[](n);
        uint64[] memory numbers = new uint64[](n);
        MeterTime[] memory starts = new MeterTime[](n);
        Duration[] memory lengths = new Duration[](n);
        Energy[] memory made = new Energy[](n);
        Energy[] memory used = new Energy[](n);
        for (uint256 i = 0; i < n; i++) {
            (meters[i], numbers[i], starts[i], lengths[i]) = (METER, ++number, start(0), HOUR);
            made[i] = Energy.wrap(uint64(produced) * 100);
            used[i] = Energy.wrap(uint64(consumed) * 3);
            hour++;
        }
        trade.report(meters, numbers, starts, lengths, made, used);
    }

    function settle(TownTrade trade, uint8 ago, uint8 most) external returns (uint256) {
        return trade.settle(METER, MeterTime.wrap(first + (hour - 1 - ago % 3) * 3600), HOUR, most);
    }

    function start(uint8 ahead) internal view returns (MeterTime) {
        return MeterTime.wrap(first + (hour + ahead % 3) * 3600);
    }

    function period(TownTrade trade, uint8 ago, uint64 position) external view returns (TradeId) {
        return trade.periodTradeAt(METER, MeterTime.wrap(first + (hour - ago % 3) * 3600), HOUR, position);
    }
}

contract TownTrade is EnergyTrade {
    constructor(Token token, Seller seller) EnergyTrade(address(token), msg.sender, address(seller)) {}
}

contract Buyer {
    function fund(TownBank bank) external payable returns (Tokens) {
        return bank.buy{value: msg.value > 1 ether ? msg.value : 0}();
    }

    function accept(Token token, TownTrade trade, uint8 id, uint16 energy) external returns (TradeId) {
        token.approve(address(trade), Tokens.wrap(type(uint256).max));
        return trade.accept(OfferId.wrap(trade.offerCount() - id % 3), Energy.wrap(1 + uint64(energy) * 20));
    }

    function refund(TownTrade trade, uint8 id) external {
        trade.refund(TradeId.wrap(trade.tradeCount() - id % 4));
    }

    function redeem(TownBank bank, Token token, uint64 amount) external returns (Coins) {
        token.approve(address(bank), Tokens.wrap(amount));
        return bank.redeem(Tokens.wrap(amount));
    }

    function redeemOutside(TownBank bank, Token token, uint64 amount) external returns (PayoutId) {
        token.approve(address(bank), Tokens.wrap(amount));
        return bank.redeemOutside(Tokens.wrap(amount), Destination.wrap("account"));
    }

    function order(TownBank bank, Token token, uint64 amount) external returns (OrderId) {
        token.approve(address(bank), Tokens.wrap(type(uint128).max));
        return bank.setStandingOrder(Tokens.wrap(amount), Duration.wrap(60), Destination.wrap("monthly"));
    }

    receive() external payable {}
}
