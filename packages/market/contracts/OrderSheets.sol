// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./CommunityMarket.sol";
import "./OrderActs.sol";
import "./OrderRecords.sol";

/// @title The sheets on which the acts of each period stand
/// @notice One storage word a period, however many acts: their hash chain while the gate is open, the hash of their fills once they are
///         cleared. When the period is settled the word is free for another one. All words are paid for at deployment.
abstract contract OrderSheets is CommunityMarket, OrderEvents {
    OrderTerms internal orderTerms;
    uint256 private immutable sealDeposit;
    /// @dev By the period's number, modulo their count.
    Sheet[SHEETS] private sheets;

    constructor(MarketRules memory marketRules, OrderRules memory rules) CommunityMarket(marketRules) {
        RegistryRules memory times = ICommunityRegistry(marketRules.registry).rules();
        require(rules.revealBlocks == 0 || rules.revealBlocks >= 12, "a window has 12 blocks or more");
        require(rules.mostActs != 0 && rules.mostActs <= ACTS_OF_A_PERIOD, "a period takes 1 to 1536 acts");
        require(inSeconds(times.resolutionSeconds) <= type(uint24).max, "the periods are too long");
        require(inSeconds(rules.gateSeconds) <= type(uint24).max, "the gate closes too early");
        require(Price.unwrap(rules.coveredTariff) <= type(uint72).max, "the covered tariff is too high");
        require(Price.unwrap(rules.coveredFee) <= type(uint72).max, "the covered fee is too high");
        orderTerms = OrderTerms(
            uint24(inSeconds(times.resolutionSeconds)),
            uint24(inSeconds(rules.gateSeconds)),
            int40(times.marketTimeOffset),
            rules.revealBlocks,
            rules.mostActs,
            uint72(Price.unwrap(rules.coveredTariff)),
            uint72(Price.unwrap(rules.coveredFee))
        );
        sealDeposit = Tokens.unwrap(rules.sealDeposit);
        for (uint256 i = 0; i < SHEETS; ++i) sheets[i] = freeSheet();
    }

    /// @notice A period's acts: how many, their hash chain or the hash of their fills, and until which block commitments are opened.
    function sheetOf(uint256 number)
        external
        view
        returns (uint256 acts, uint256 digest, bool isCleared, uint256 revealUntil)
    {
        Sheet memory sheet = sheets[number % SHEETS];
        if (sheet.lap != lapOf(number)) return (0, 0, false, 0);
        return (sheet.acts, sheet.digest, sheet.isCleared, sheet.revealUntil);
    }

    // ---- Time

    function marketNow(OrderTerms memory terms) internal view returns (uint256) {
        return uint256(int256(block.timestamp) + terms.marketTimeOffset);
    }

    /// @dev The first period whose gate is open.
    function firstOpen(OrderTerms memory terms) internal view returns (uint256) {
        return (marketNow(terms) + terms.gate) / terms.resolution + 1;
    }

    /// @dev The first period of which acts of members are counted: openings come when the gate is closed.
    function firstCounted(OrderTerms memory terms) internal view returns (uint256) {
        return terms.revealBlocks == 0 ? firstOpen(terms) : marketNow(terms) / terms.resolution;
    }

    function requireClosed(OrderTerms memory terms, uint256 number) internal view {
        if (number >= firstOpen(terms)) revert GateOpen(number, marketNow(terms));
    }

    // ---- What acts lock

    /// @dev The prices that locked money covers.
    function coveredPrices(OrderTerms memory terms) internal pure returns (Prices memory) {
        Price fee = Price.wrap(terms.coveredFee);
        return Prices(Price.wrap(terms.coveredTariff), NO_PRICE, fee, fee);
    }

    /// @dev Whether what orders have locked is enough at such prices, whatever the meters will show.
    function covers(OrderTerms memory terms, Prices memory prices) internal pure returns (bool) {
        Price fee = Price.wrap(terms.coveredFee);
        bool isDearer = prices.tariff > Price.wrap(terms.coveredTariff);
        return !isDearer && !(prices.gridFee > fee) && !(prices.localFee > fee);
    }

    /// @dev What a commitment locks; nothing where orders are open.
    function depositOf(OrderTerms memory terms) internal view returns (uint256) {
        return terms.revealBlocks == 0 ? 0 : sealDeposit;
    }

    function lockOf(Act act, Prices memory prices, uint256 deposit) internal pure returns (uint256) {
        uint256 kind = act.kindOf();
        if (kind == BID) return lockForBid(inMwh(act.energyOf()), Price.unwrap(act.priceOf()), prices);
        if (kind == ASK) return lockForAsk(inMwh(act.energyOf()), Price.unwrap(act.priceOf()), prices);
        return kind == COMMIT ? deposit : 0;
    }

    // ---- The chain

    function append(OrderTerms memory terms, uint256 number, uint256 act) internal {
        Sheet memory sheet = sheets[number % SHEETS];
        if (sheet.lap != lapOf(number)) {
            if (sheet.lap != 0) revert EarlierNotSettled(number, number % SHEETS + (uint256(sheet.lap) - 1) * SHEETS);
            sheet = Sheet(0, lapOf(number), 0, 0, false);
        }
        if (sheet.acts >= terms.mostActs) revert PeriodFull(number, terms.mostActs);
        sheet.digest = chained(sheet.digest, act);
        sheet.acts += 1;
        sheets[number % SHEETS] = sheet;
        emit Posted(act);
    }

    /// @dev The window begins with the first call after the gate has closed.
    function beginReveal(OrderTerms memory terms, uint256 number) internal {
        Sheet memory sheet = sheets[number % SHEETS];
        if (terms.revealBlocks == 0 || sheet.lap != lapOf(number)) revert AnotherSheet(number, 0);
        if (sheet.isCleared) revert ClearedAlready(number);
        if (sheet.revealUntil == 0) {
            sheet.revealUntil = uint32(block.number + terms.revealBlocks);
            sheets[number % SHEETS] = sheet;
        } else if (block.number > sheet.revealUntil) {
            revert RevealOver(number, sheet.revealUntil);
        }
    }

    /// @dev Refuses acts that are not all acts of a period in their order, and a period that cannot be cleared now.
    function requireChain(OrderTerms memory terms, uint256 number, uint256[] calldata acts) internal view {
        requireClosed(terms, number);
        Sheet memory sheet = sheets[number % SHEETS];
        if (sheet.lap != lapOf(number) || sheet.acts != acts.length) revert AnotherSheet(number, acts.length);
        if (sheet.isCleared) revert ClearedAlready(number);
        if (terms.revealBlocks != 0 && (sheet.revealUntil == 0 || block.number <= sheet.revealUntil)) {
            revert RevealOpen(number, sheet.revealUntil);
        }
        uint184 digest = 0;
        for (uint256 i = 0; i < acts.length; ++i) digest = chained(digest, acts[i]);
        if (digest != sheet.digest) revert AnotherSheet(number, acts.length);
    }

    function keepResult(uint256 number, uint256[] memory fills) internal {
        Sheet memory sheet = sheets[number % SHEETS];
        sheet.digest = digestOf(fills);
        sheet.isCleared = true;
        sheets[number % SHEETS] = sheet;
    }

    /// @dev The sheet of a period that is settled is free. Refuses fills that are not its result; where nobody has posted there are none.
    function takeResult(uint256 number, uint256[] memory fills) internal {
        Sheet memory sheet = sheets[number % SHEETS];
        if (sheet.lap != lapOf(number)) {
            if (fills.length != 0) revert AnotherResult(number);
            return;
        }
        if (!sheet.isCleared) revert NotCleared(number);
        if (sheet.digest != digestOf(fills)) revert AnotherResult(number);
        sheets[number % SHEETS] = freeSheet();
    }

    // ---- Parts of these

    function chained(uint184 digest, uint256 act) private pure returns (uint184) {
        return uint184(uint256(keccak256(abi.encode(digest, act))));
    }

    function lapOf(uint256 number) private pure returns (uint16) {
        return uint16(number / SHEETS + 1);
    }

    function digestOf(uint256[] memory fills) private pure returns (uint184) {
        return uint184(uint256(keccak256(abi.encode(fills))));
    }

    function freeSheet() private pure returns (Sheet memory) {
        return Sheet(1, 0, 0, 0, false);
    }
}
