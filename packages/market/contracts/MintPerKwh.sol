// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {BELL_TOP, bell} from "./Bell.sol";
import "./CoinBook.sol";

/// @title Coins minted for green kilowatt-hours
/// @notice What a home gives to the grid mints coins, of 1 mWh each, as far as the community needs it in that period; what a home takes is paid with
///         its coins, which are burned, a unit for a unit whatever energy costs, and the rest at the tariff. A coin is an ERC-20 of 1 kWh with
///         six decimals, and is bought and sold in a book for the community's money.
contract MintPerKwh is CoinBook {
    uint256 private constant LARGEST_WIDTH = 1e18;

    string public constant name = "Green Kilowatt-hour";
    string public constant symbol = "GKWH";
    uint8 public constant decimals = 6;

    /// @dev Coins since the beginning.
    struct CoinTotals {
        uint128 minted;
        uint128 burned;
    }

    /// @notice The width w of the bell: so far from balance an export mints half of its coins, mWh.
    uint256 public immutable widthMwh;
    /// @notice Coins minted and burned since the beginning; their difference is the supply.
    CoinTotals public coinTotals;

    event PeriodMinted(MeterTime indexed periodStart, uint256 bell, uint256 minted, uint256 burned);

    constructor(MarketRules memory rules_, uint256 width) CommunityMarket(rules_) {
        require(width != 0 && width <= LARGEST_WIDTH, "a width is 1 to 10^18 mWh");
        widthMwh = width;
    }

    /// @notice Settles periods whose readings are final, from the next one on; anyone may ask for it. Coins are spent as far as a home
    ///         has any that no order holds.
    function settle(PriceHint calldata hint, MeterTime from, uint256 count) external {
        Ledger memory ledger = openLedger(hint, from, count);
        uint256 size = ledger.size;
        uint256[] memory minted = new uint256[](size);
        uint256[] memory burned = new uint256[](size);
        uint256[] memory held = new uint256[](size);
        for (uint256 i = 0; i < size; ++i) {
            held[i] = Tokens.unwrap(balances[ledger.ties.owners[i]]);
        }
        (uint256[] memory rest, uint256[] memory none) = (new uint256[](size), new uint256[](size));
        uint256 width = widthMwh;
        for (uint256 k = 0; k < count; ++k) {
            enterPeriod(ledger, k);
            uint256 share = bell(ledger.surplus, ledger.need, width);
            uint256 mintedNow;
            uint256 burnedNow;
            for (uint256 i = 0; i < size; ++i) {
                uint256 made = ledger.surpluses[i] * share / BELL_TOP;
                uint256 spent = held[i] < ledger.needs[i] ? held[i] : ledger.needs[i];
                held[i] = held[i] + made - spent;
                minted[i] += made;
                burned[i] += spent;
                rest[i] = ledger.needs[i] - spent;
                mintedNow += made;
                burnedNow += spent;
            }
            chargeImports(ledger, rest);
            // A coin pays for energy; the grid brings all of it.
            chargeFees(ledger, ledger.needs, none);
            emit PeriodMinted(ledger.period, share, mintedNow, burnedNow);
        }
        closeLedger(ledger);
        writeCoins(ledger, minted, burned);
    }

    /// @dev First what was minted: a later period of the call may have burned it.
    function writeCoins(Ledger memory ledger, uint256[] memory minted, uint256[] memory burned) private {
        CoinTotals memory all = coinTotals;
        for (uint256 i = 0; i < ledger.size; ++i) {
            address owner = ledger.ties.owners[i];
            if (minted[i] != 0) mintTo(owner, Tokens.wrap(minted[i]));
            if (burned[i] != 0) burnFrom(owner, Tokens.wrap(burned[i]));
            all.minted += uint128(minted[i]);
            all.burned += uint128(burned[i]);
        }
        coinTotals = all;
    }
}
