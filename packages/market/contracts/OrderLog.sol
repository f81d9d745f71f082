// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Fills, OrderSheet} from "./OrderSheet.sol";
import "./OrderSheets.sol";

/// @title Orders of members, period by period
/// @notice Acts come into the chain of their period until its gate closes. Then anyone hands all of them in, the rule of the market clears
///         them, and their fills are kept as one hash, until they are settled by the meters.
abstract contract OrderLog is OrderSheets {
    constructor(MarketRules memory marketRules, OrderRules memory rules) OrderSheets(marketRules, rules) {}

    // ---- What members do

    /// @notice Places orders, takes them back, or commits to them where they are sealed; of several periods in one call.
    function post(uint256[] calldata acts) external {
        OrderTerms memory terms = orderTerms;
        Account memory account = accounts[msg.sender];
        Prices memory covered = coveredPrices(terms);
        uint256 deposit = depositOf(terms);
        uint256 first = firstOpen(terms);
        uint256 base = firstCounted(terms);
        Marks marks = Marks.wrap(account.marks).movedTo(base);
        uint256 locked = 0;
        for (uint256 i = 0; i < acts.length; ++i) {
            Act act = Act.wrap(acts[i]);
            uint256 number = act.numberOf();
            requireOwn(act, account.number);
            if (!isPlain(act) || (act.kindOf() == COMMIT) != (terms.revealBlocks != 0)) revert NotAnAct(acts[i]);
            if (number < first || number >= base + HORIZON) revert NotOpen(number, first, base + HORIZON - 1);
            marks = marks.marked(number - base);
            locked += lockOf(act, covered, deposit);
            append(terms, number, acts[i]);
        }
        keep(account, marks, locked);
    }

    /// @notice Opens commitments of the caller. The window of a period begins with the first call after its gate, an empty one too.
    function reveal(uint256 number, Opening[] calldata openings) external {
        OrderTerms memory terms = orderTerms;
        requireClosed(terms, number);
        beginReveal(terms, number);
        if (openings.length == 0) return;
        Account memory account = accounts[msg.sender];
        Prices memory covered = coveredPrices(terms);
        uint256 base = firstCounted(terms);
        if (number < base) revert NotOpen(number, base, base + HORIZON - 1);
        Marks marks = Marks.wrap(account.marks).movedTo(base);
        uint256 locked = 0;
        for (uint256 i = 0; i < openings.length; ++i) {
            Opening calldata opening = openings[i];
            Act act = Act.wrap(opening.order);
            requireOwn(act, account.number);
            if (!isPlain(act) || !isOrder(act.kindOf()) || act.numberOf() != number) revert NotAnAct(opening.order);
            marks = marks.marked(number - base);
            locked += lockOf(act, covered, 0);
            uint256 word = openingWord(act, opening.commitment, keccak256(abi.encode(opening.order, opening.salt)));
            append(terms, number, word);
            append(terms, number, opening.order);
        }
        keep(account, marks, locked);
    }

    // ---- What anyone may do

    /// @notice Settles periods by the meters and by what was cleared in each.
    /// @param fills by period, as `Cleared` told them; none where nobody had posted
    function settle(PriceHint calldata hint, MeterTime from, uint256[][] calldata fills) external {
        Ledger memory ledger = openLedger(hint, from, fills.length);
        for (uint256 k = 0; k < fills.length; ++k) {
            uint256[] memory words = fills[k];
            takeResult(MeterTime.unwrap(from) / ledger.step + k, words);
            Trades memory trades = tradesOf(ledger.size, words);
            enterPeriod(ledger, k, trades);
            settleTrades(ledger, trades);
        }
        closeLedger(ledger);
    }

    // ---- What a rule does with a sheet

    /// @dev The orders of a period that stand, if `acts` are all of it: those at prices from the feed-in price to the tariff, where no
    ///      deviation from them gains, and in a sealed market the opened ones. None where the tariff or a fee is above what locks cover.
    ///      Cancellations are not applied.
    function sheetFrom(uint256 number, PriceHint calldata hint, uint256[] calldata acts)
        internal
        view
        returns (OrderSheet memory sheet)
    {
        OrderTerms memory terms = orderTerms;
        requireChain(terms, number, acts);
        uint256 count = acts.length;
        MeterTime period = MeterTime.wrap(uint64(number * terms.resolution));
        Prices memory prices = grid.pricesOf(hint, period, Duration.wrap(terms.resolution), 1)[0];
        bool isCovered = covers(terms, prices);
        sheet = OrderSheet(new uint256[](count), new uint256[](count), new uint256[](count), newTies(period, count));
        address[] memory owners = new address[](memberTotal);
        bool isOpened = terms.revealBlocks == 0;
        for (uint256 i = 0; i < count; ++i) {
            Act act = Act.wrap(acts[i]);
            uint256 kind = act.kindOf();
            if (isOrder(kind)) {
                Price price = act.priceOf();
                if (!isOpened || !isCovered || price > prices.tariff || prices.feedIn > price) continue;
                sheet.energies[i] = inMwh(act.energyOf());
                sheet.prices[i] = Price.unwrap(price);
                uint256 place = act.memberOf() - 1;
                if (owners[place] == address(0)) owners[place] = members[place].owner;
                sheet.ties.owners[i] = owners[place];
            } else if (kind == REVEAL) {
                isOpened = isOpening(sheet, acts, i);
                if (isOpened) sheet.kinds[act.aboutOf()] = REVEAL;
            }
            sheet.kinds[i] = kind;
        }
    }

    /// @dev Whether a cancellation is of an order before it that stands, of the same member.
    function isCancelling(OrderSheet memory sheet, uint256[] calldata acts, uint256 i) internal pure returns (bool) {
        uint256 about = Act.wrap(acts[i]).aboutOf();
        return about < i && isOrder(sheet.kinds[about])
            && Act.wrap(acts[about]).memberOf() == Act.wrap(acts[i]).memberOf();
    }

    /// @dev Keeps and tells what became of the acts, with what each has locked.
    function keepFills(uint256 number, uint256[] calldata acts, OrderSheet memory sheet, Fills memory fills) internal {
        OrderTerms memory terms = orderTerms;
        Prices memory covered = coveredPrices(terms);
        uint256 deposit = depositOf(terms);
        (uint256[] memory energies, uint256[] memory amounts) = (fills.energies, fills.amounts);
        uint256[] memory words = new uint256[](acts.length);
        for (uint256 i = 0; i < acts.length; ++i) {
            Act act = Act.wrap(acts[i]);
            uint256 kind = act.kindOf();
            if (kind == COMMIT) {
                words[i] = sheet.kinds[i] == REVEAL
                    ? fillOf(act, VOID, 0, 0, deposit)
                    : fillOf(act, FORFEIT, 0, deposit, deposit);
            } else if (isOrder(kind)) {
                uint256 lock = lockOf(act, covered, 0);
                words[i] = fillOf(act, sheet.kinds[i], energies[i], amounts[i], lock);
            }
        }
        keepResult(number, words);
        emit Cleared(sheet.ties.period, words);
    }

    /// @dev A member stays for all periods in which it has acts.
    function earliestEnd(address owner, uint256 next) internal view override returns (uint256) {
        OrderTerms memory terms = orderTerms;
        uint256 base = firstCounted(terms);
        uint256 end = (base + Marks.wrap(accounts[owner].marks).movedTo(base).reach()) * terms.resolution;
        return end > next ? end : next;
    }

    // ---- Parts of these

    function requireOwn(Act act, uint256 number) private pure {
        if (number == 0 || number >= LEFT || act.memberOf() != number) revert NotOwnAct(Act.unwrap(act), number);
    }

    /// @dev One write for what an act locks and that it was made. Only own money is locked, never what the supplier would advance.
    function keep(Account memory account, Marks marks, uint256 locked) private {
        int256 free = int256(account.balance) - int256(uint256(account.locked));
        locked += account.locked;
        if (int256(locked) > account.balance || locked > type(uint80).max) {
            revert Uncovered(msg.sender, free, locked - account.locked);
        }
        account.locked = uint80(locked);
        account.marks = Marks.unwrap(marks);
        accounts[msg.sender] = account;
    }

    function newTies(MeterTime period, uint256 count) private pure returns (Ties memory) {
        return Ties(period, new address[](count), new uint256[](count));
    }

    /// @dev Whether an opening is of a commitment before it, of the same member, that nobody has opened.
    function isOpening(OrderSheet memory sheet, uint256[] calldata acts, uint256 i) private pure returns (bool) {
        Act act = Act.wrap(acts[i]);
        uint256 about = act.aboutOf();
        if (about >= i || sheet.kinds[about] != COMMIT) return false;
        Act commitment = Act.wrap(acts[about]);
        return commitment.memberOf() == act.memberOf() && commitment.toldOf() == act.toldOf();
    }

    /// @dev What members traded, from the fills of a period. A forfeited deposit is paid for nothing, so it goes to the fund.
    function tradesOf(uint256 size, uint256[] memory fills) private pure returns (Trades memory trades) {
        trades = Trades(
            new uint256[](size), new uint256[](size), new uint256[](size), new uint256[](size), new uint256[](size)
        );
        for (uint256 i = 0; i < fills.length; ++i) {
            uint256 fill = fills[i];
            if (fill == 0) continue;
            uint256 place = memberIn(fill) - 1;
            trades.unlocked[place] += lockIn(fill);
            if (kindIn(fill) == ASK) {
                trades.sold[place] += energyIn(fill);
                trades.got[place] += amountIn(fill);
            } else {
                trades.bought[place] += energyIn(fill);
                trades.paid[place] += amountIn(fill);
            }
        }
    }
}
