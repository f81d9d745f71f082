// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Accounts.sol";
import {ICouncil, NO_SEAT} from "./ICouncil.sol";
import "./Splits.sol";

/// @title What all markets of a community have in common
/// @notice Homes join with their meters. Period after period is settled from final readings, once, in the order of time: what members traded
///         by the market's rule with each other, and what each needs and has beyond that with the supplier, whose totals of a period are
///         computed once, rounded down, and split by energy.
abstract contract CommunityMarket is Accounts {
    /// @dev Units by which rounding can raise what a home pays in a period.
    uint256 internal constant ROUNDING = 8;

    constructor(MarketRules memory rules_) Accounts(rules_) {}

    // ---- Members

    /// @notice The household of a meter joins, from the next period on, and leaves at least the floor in its account.
    /// @param amount money units that it puts in now
    /// @param number of a place: the next one, or that of a member who has left and is paid off by this
    function join(MeterId meter, Tokens amount, uint256 number) external {
        (address household,,) = meters.meterOf(meter);
        require(household == msg.sender, "only the meter's household");
        (address supplier, address gridOperator, RegistryRules memory all) = terms();
        require(msg.sender != supplier && msg.sender != gridOperator, "supplier and grid operator are no members");
        uint48 from = uint48(nextPeriod(all));
        Member memory member = Member({owner: msg.sender, from: from, until: OPEN, meter: meter});
        uint256 own = accounts[msg.sender].number;
        uint256 total = memberTotal;
        if (number == total + 1) {
            require(own == 0 && number <= MAX_MEMBERS, "this place cannot be taken");
            members[total] = member;
            memberTotal = number;
            placeAdded(total);
            int256 kept = int256(accounts[supplier].balance) - int256(uint256(accounts[supplier].locked));
            if (kept < reserve()) revert Uncovered(supplier, kept, uint256(reserve()));
        } else {
            require(number != 0 && number <= total, "this place cannot be taken");
            address before = members[number - 1].owner;
            require(own == (before == msg.sender ? number | LEFT : 0) && isFree(number, msg.sender), "this place cannot be taken");
            if (before != msg.sender) payOff(before);
            members[number - 1] = member;
        }
        accounts[msg.sender].number = uint16(number);
        takeIn(msg.sender, amount);
        int256 balance = accounts[msg.sender].balance;
        if (balance < int256(uint256(floor))) revert Uncovered(msg.sender, balance, floor);
        emit Joined(msg.sender, number, meter, MeterTime.wrap(from));
    }

    /// @notice The caller is a member no more, from the next period on, or from the end of what it has traded already.
    function leave() external {
        uint16 number = accounts[msg.sender].number;
        (,, RegistryRules memory all) = terms();
        if (number == 0 || number & LEFT != 0) revert NotAMember(msg.sender, nextPeriod(all));
        uint256 until = earliestEnd(msg.sender, nextPeriod(all));
        members[number - 1].until = uint48(until);
        accounts[msg.sender].number = number | LEFT;
        emit Left(msg.sender, number, MeterTime.wrap(uint64(until)));
    }

    /// @notice A member of the council has the fund shared among the members of the period that is settled next, in equal parts; what was
    ///         sent here without a deposit is shared with it.
    function shareFund() external {
        require(ICouncil(meters.council()).seatOf(msg.sender) != NO_SEAT, "only a member of the council");
        Ledger memory ledger;
        readAccounts(ledger);
        (int256 held, int256 sum) = audit();
        if (held > sum) ledger.fund += held - sum;
        for (uint256 i = 0; i < ledger.size; ++i) {
            if (!isMember(ledger.members[i], settledTo)) continue;
            ledger.needs[i] = 1;
            ++ledger.need;
        }
        require(ledger.need != 0, "there is no member");
        ledger.from = settledUntil();
        ledger.ties.period = ledger.from;
        credit(ledger, ledger.needs, ledger.need, uint256(ledger.fund));
        emit FundShared(Tokens.wrap(uint256(ledger.fund)), ledger.need);
        ledger.fund = 0;
        writeAccounts(ledger, settledUntil());
    }

    // ---- What anyone may read

    /// @notice Places for members so far; their numbers run from 1.
    function memberCount() external view returns (uint256) {
        return memberTotal;
    }

    /// @notice Who has a number: owner, meter, and the periods in which it takes part, from the first on and before `until`.
    function memberAt(uint256 number) external view returns (Member memory) {
        require(number != 0 && number <= memberTotal, "there is no such place");
        return members[number - 1];
    }

    /// @notice The number of a member; 0 for who is none, or has left.
    function numberOf(address owner) external view returns (uint256) {
        uint16 number = accounts[owner].number;
        return number & LEFT != 0 ? 0 : number;
    }

    /// @notice The period that is settled next; all before it are.
    function settledUntil() public view returns (MeterTime) {
        return MeterTime.wrap(settledTo);
    }

    // ---- Settling, for rules

    /// @dev Reads accounts, readings and prices of `count` periods from the next one on.
    function openLedger(PriceHint memory hint, MeterTime from, uint256 count) internal view returns (Ledger memory ledger) {
        return openLedger(hint, from, count, 0, memberTotal);
    }

    /// @dev The same of the members at some places alone, from one on and before another.
    function openLedger(PriceHint memory hint, MeterTime from, uint256 count, uint256 first, uint256 last)
        internal
        view
        returns (Ledger memory ledger)
    {
        RegistryRules memory all = openPeriods(ledger, hint, from, count, last - first);
        readMembers(ledger, first);
        (uint256 size, uint256 next) = (ledger.size, inSeconds(from));
        MeterId[] memory ids = new MeterId[](size);
        ledger.areAllMembers = true;
        for (uint256 i = 0; i < size; ++i) {
            Member memory member = ledger.members[i];
            ids[i] = member.meter;
            if (member.from > next || member.until != OPEN) ledger.areAllMembers = false;
        }
        ledger.readings = meters.readingsOf(from, count, ids);
        ledger.lateBefore = marketTime(all) - int256(ledger.step) - int256(uint256(silence));
    }

    /// @dev Prices of `count` periods from the next one on, and room for so many members.
    function openPeriods(Ledger memory ledger, PriceHint memory hint, MeterTime from, uint256 count, uint256 size)
        internal
        view
        returns (RegistryRules memory all)
    {
        uint256 next = settledTo;
        if (inSeconds(from) != next || count == 0) revert NotNext(inSeconds(from), next);
        all = readParties(ledger, size);
        ledger.from = from;
        ledger.count = count;
        ledger.step = inSeconds(all.resolutionSeconds);
        ledger.prices = grid.pricesOf(hint, from, all.resolutionSeconds, count);
    }

    /// @dev The accounts alone, for what is not the settlement of a period.
    function readAccounts(Ledger memory ledger) internal view returns (RegistryRules memory all) {
        all = readParties(ledger, memberTotal);
        readMembers(ledger, 0);
    }

    /// @dev The accounts of who is no member, and room for so many who are.
    function readParties(Ledger memory ledger, uint256 size) private view returns (RegistryRules memory all) {
        (ledger.supplierOwner, ledger.gridOwner, all) = terms();
        ledger.size = size;
        ledger.members = new Member[](size);
        ledger.accounts = new Account[](size);
        ledger.means = new uint256[](size);
        ledger.paid = new uint256[](size);
        ledger.got = new uint256[](size);
        ledger.locked = new uint256[](size);
        ledger.needs = new uint256[](size);
        ledger.surpluses = new uint256[](size);
        ledger.ties.owners = new address[](size);
        ledger.ties.room = new uint256[](size);
        ledger.ofSupplier = accounts[ledger.supplierOwner];
        ledger.ofGrid = accounts[ledger.gridOwner];
        ledger.ofFund = accounts[address(this)];
        ledger.supplier = ledger.ofSupplier.balance;
        ledger.gridOperator = ledger.ofGrid.balance;
        ledger.fund = ledger.ofFund.balance;
        ledger.mostOutlay = type(uint256).max;
        ledger.advance = advance;
        ledger.reserve = int256(memberTotal * ledger.advance + ledger.ofSupplier.locked);
    }

    /// @dev Members and accounts, from a place on.
    function readMembers(Ledger memory ledger, uint256 first) private view {
        int256 limit = int256(ledger.advance);
        for (uint256 i = 0; i < ledger.size; ++i) {
            Member memory member = members[first + i];
            Account memory account = accounts[member.owner];
            ledger.members[i] = member;
            ledger.ties.owners[i] = member.owner;
            ledger.accounts[i] = account;
            int256 means = int256(account.balance) + limit;
            ledger.means[i] = means > 0 ? uint256(means) : 0;
            ledger.locked[i] = account.locked;
        }
    }

    /// @dev Metered needs and surpluses of the k-th period, for rules that trade what was metered.
    function enterPeriod(Ledger memory ledger, uint256 k) internal {
        Trades memory none;
        enterPeriod(ledger, k, none);
    }

    /// @dev Metered needs and surpluses of the k-th period. A home without a reading, or that cannot pay the most that this can cost it, is
    ///      served outside the market: it counts as if it needed and had nothing, and what it has traded it buys from and sells to the supplier.
    function enterPeriod(Ledger memory ledger, uint256 k, Trades memory trades) internal {
        if (ledger.isMeasured) return;
        uint256 start = inSeconds(ledger.from) + k * ledger.step;
        ledger.period = MeterTime.wrap(uint64(start));
        ledger.ties.period = ledger.period;
        ledger.price = ledger.prices[k];
        bool hasTrades = trades.bought.length != 0;
        (uint256[] memory needs, uint256[] memory surpluses) = (ledger.needs, ledger.surpluses);
        (uint256[] memory means, uint256[] memory got) = (ledger.means, ledger.got);
        (uint256[] memory paid, uint256[] memory locked) = (ledger.paid, ledger.locked);
        (uint256 allNeed, uint256 allSurplus) = (0, 0);
        (uint256 worstPrice, uint256 mostOutlay) = (worstPriceOf(ledger), ledger.mostOutlay);
        uint256[] memory readings = ledger.readings;
        bool areAllMembers = ledger.areAllMembers;
        uint256 size = ledger.size;
        uint256 at = k * size;
        for (uint256 i = 0; i < size; ++i) {
            uint256 reading = readings[at++];
            if (reading & READING_IS_FINAL == 0 || !areAllMembers) {
                if (!isCounted(ledger, start, i, reading)) reading = 0;
            }
            uint256 surplus = reading >> PRODUCED_SHIFT;
            uint256 need = (reading >> CONSUMED_SHIFT) & type(uint64).max;
            if (need > surplus) {
                need -= surplus;
                surplus = 0;
            } else {
                surplus -= need;
                need = 0;
            }
            if (need != 0 || (hasTrades && surplus != 0)) {
                uint256 free = means[i] + got[i];
                uint256 outlay = paid[i] + locked[i] + ROUNDING;
                if (hasTrades) (free, outlay) = withTrades(ledger, trades, i, need, surplus, free, outlay);
                else outlay += (need * worstPrice) / MWH_PER_TOKEN;
                if (outlay > free || outlay > mostOutlay) {
                    emit ServedOutside(ledger.period, ledger.ties.owners[i], true);
                    (need, surplus) = (0, 0);
                }
                allNeed += need;
            }
            allSurplus += surplus;
            needs[i] = need;
            surpluses[i] = surplus;
        }
        (ledger.need, ledger.surplus) = (allNeed, allSurplus);
    }

    /// @dev Settles each member's own deviation: what it needs beyond what it bought it buys from the supplier, what it has beyond what it
    ///      sold it sells to it; whoever keeps to its trades is untouched by others. What is paid beyond what is got goes to the fund.
    function settleTrades(Ledger memory ledger, Trades memory trades) internal {
        (uint256[] memory imports, uint256[] memory exports) = (ledger.needs, ledger.surpluses);
        int256 toFund_ = 0;
        for (uint256 i = 0; i < ledger.size; ++i) {
            uint256 needed = ledger.needs[i] + trades.sold[i];
            uint256 had = ledger.surpluses[i] + trades.bought[i];
            imports[i] = needed > had ? needed - had : 0;
            exports[i] = had > needed ? had - needed : 0;
            ledger.got[i] += trades.got[i];
            ledger.paid[i] += trades.paid[i];
            toFund_ += int256(trades.paid[i]) - int256(trades.got[i]);
            ledger.locked[i] -= trades.unlocked[i];
        }
        assert(toFund_ >= 0);
        ledger.fund += toFund_;
        chargeImports(ledger, imports);
        payExports(ledger, exports);
        chargeFees(ledger, imports, trades.bought);
    }

    /// @dev Energy from the supplier, at the tariff.
    function chargeImports(Ledger memory ledger, uint256[] memory energies) internal pure {
        uint256 sum = sumOf(energies);
        uint256 total = amountAt(sum, Price.unwrap(ledger.price.tariff), 1);
        charge(ledger, energies, sum, total);
        ledger.supplier += int256(total);
    }

    /// @dev Energy to the supplier, at the feed-in price.
    function payExports(Ledger memory ledger, uint256[] memory energies) internal {
        uint256 sum = sumOf(energies);
        payFromSupplier(ledger, energies, sum, amountAt(sum, Price.unwrap(ledger.price.feedIn), 1));
    }

    /// @dev What the grid operator takes for energy from the grid and from neighbours.
    function chargeFees(Ledger memory ledger, uint256[] memory imports, uint256[] memory bought) internal pure {
        chargeFee(ledger, imports, Price.unwrap(ledger.price.gridFee));
        chargeFee(ledger, bought, Price.unwrap(ledger.price.localFee));
    }

    /// @dev Fees are for energy from the grid and from neighbours, which all of a side have in the proportion of its needs.
    function chargePoolFees(Ledger memory ledger) internal pure {
        if (!(ledger.price.gridFee > NO_PRICE)) return;
        (uint256[] memory imports, uint256[] memory bought) = (ledger.needs, ledger.surpluses);
        uint256 localMwh = ledger.need < ledger.surplus ? ledger.need : ledger.surplus;
        splitInto(bought, localMwh, ledger.needs, ledger.need, ledger.ties);
        for (uint256 i = 0; i < ledger.size; ++i) imports[i] -= bought[i];
        chargeFees(ledger, imports, bought);
    }

    /// @dev Takes a total from members by weight; who calls gives it to somebody.
    function charge(Ledger memory ledger, uint256[] memory weights, uint256 sum, uint256 total) internal pure {
        addShares(ledger.paid, total, weights, sum, ledger.ties);
    }

    /// @dev Gives a total to members by weight; who calls takes it from somebody.
    function credit(Ledger memory ledger, uint256[] memory weights, uint256 sum, uint256 total) internal pure {
        addShares(ledger.got, total, weights, sum, ledger.ties);
    }

    /// @dev Pays members from the supplier's account, by weight; what it does not have beyond what it must keep it owes them.
    function payFromSupplier(Ledger memory ledger, uint256[] memory weights, uint256 sum, uint256 total) internal {
        int256 available = ledger.supplier - ledger.reserve;
        if (int256(total) <= available || total == 0) {
            credit(ledger, weights, sum, total);
            ledger.supplier -= int256(total);
            return;
        }
        uint256 now_ = available > 0 ? uint256(available) : 0;
        ledger.supplier -= int256(now_);
        uint256[] memory due = split(total, weights, ledger.period, ledger.ties.owners);
        uint256[] memory given = split(now_, due, ledger.period, ledger.ties.owners);
        for (uint256 i = 0; i < ledger.size; ++i) {
            ledger.got[i] += given[i];
            if (due[i] != given[i]) owe(ledger.period, ledger.ties.owners[i], due[i] - given[i]);
        }
    }

    /// @dev Writes what has changed, and that the periods are settled.
    function closeLedger(Ledger memory ledger) internal {
        uint256 until = inSeconds(ledger.from) + ledger.count * ledger.step;
        settledTo = uint48(until);
        writeAccounts(ledger, MeterTime.wrap(uint64(until)));
    }

    /// @dev What the homes' accounts have is written, and that of the others told with it.
    function writeAccounts(Ledger memory ledger, MeterTime until) internal {
        int256[] memory changes = new int256[](ledger.size);
        for (uint256 i = 0; i < ledger.size; ++i) {
            Account memory account = ledger.accounts[i];
            int256 change = int256(ledger.got[i]) - int256(ledger.paid[i]);
            if (change == 0 && ledger.locked[i] == account.locked) continue;
            changes[i] = change;
            addTo(account, change);
            account.locked = 0;
            addLock(account, ledger.locked[i]);
            accounts[ledger.ties.owners[i]] = account;
        }
        (int256 ofSupplier, int256 ofGrid, int256 ofFund) = bookParties(ledger);
        emit Settled(ledger.from, until, changes, ofSupplier, ofGrid, ofFund);
    }

    /// @dev Writes the accounts of who is no member.
    /// @return ofSupplier by how much each has changed
    function bookParties(Ledger memory ledger) internal returns (int256 ofSupplier, int256 ofGrid, int256 ofFund) {
        ofSupplier = book(ledger.supplierOwner, ledger.ofSupplier, ledger.supplier);
        ofGrid = book(ledger.gridOwner, ledger.ofGrid, ledger.gridOperator);
        ofFund = book(address(this), ledger.ofFund, ledger.fund);
    }

    // ---- What open orders keep; what parts of an order need sums to what the whole needs

    /// @dev Covers a bid's energy at its price with fees, whatever becomes of it.
    function lockForBid(uint256 energyMwh, uint256 price, Prices memory prices) internal pure returns (uint256) {
        return energyMwh * perMwh(price + Price.unwrap(prices.localFee)) + ROUNDING;
    }

    /// @dev Covers buying an ask's energy from the supplier in place of making it, with fees.
    function lockForAsk(uint256 energyMwh, uint256 price, Prices memory prices) internal pure returns (uint256) {
        uint256 instead = uint256(Price.unwrap(prices.tariff)) + Price.unwrap(prices.gridFee);
        return energyMwh * perMwh(instead > price ? instead - price : 0) + ROUNDING;
    }

    /// @dev A place for one more member is there.
    function placeAdded(uint256 place) internal virtual {}

    /// @dev Whether the next period is settled in parts, and not to its end yet.
    function isUnderway() internal view virtual returns (bool) {
        return false;
    }

    /// @dev The first period that a member who leaves does not take part in, not before `next`.
    function earliestEnd(address, uint256 next) internal view virtual returns (uint256) {
        return next;
    }

    function isMember(Member memory member, uint256 start) internal pure returns (bool) {
        return member.from <= start && start < member.until;
    }

    // ---- Parts that several functions use

    /// @dev Whether a reading counts: of a member, and final. One that has not come counts no more once it is late.
    function isCounted(Ledger memory ledger, uint256 start, uint256 i, uint256 reading) private returns (bool) {
        if (!isMember(ledger.members[i], start)) return false;
        if (reading & READING_IS_FINAL != 0) return true;
        bool isSilent = reading & READING_IS_THERE == 0 && int256(start) <= ledger.lateBefore;
        if (!isSilent) revert PeriodNotReady(start, ledger.ties.owners[i]);
        emit ServedOutside(ledger.period, ledger.ties.owners[i], false);
        return false;
    }

    /// @dev What a home with trades has and may have to pay: of its own need and trades, never of what others do.
    function withTrades(
        Ledger memory ledger,
        Trades memory trades,
        uint256 i,
        uint256 need,
        uint256 surplus,
        uint256 free,
        uint256 outlay
    ) private pure returns (uint256, uint256) {
        need += trades.sold[i];
        surplus += trades.bought[i];
        outlay += trades.paid[i] + amountAt(trades.bought[i], Price.unwrap(ledger.price.localFee), 1) + ROUNDING;
        free += trades.unlocked[i] + trades.got[i];
        if (surplus > need) free += amountAt(surplus - need, Price.unwrap(ledger.price.feedIn), 1);
        else outlay += amountAt(need - surplus, worstPriceOf(ledger), 1);
        return (free, outlay);
    }

    /// @dev The most that energy can cost: no rule asks for more than the tariff, and no fee is above that of the grid.
    function worstPriceOf(Ledger memory ledger) internal pure returns (uint256) {
        return uint256(Price.unwrap(ledger.price.tariff)) + Price.unwrap(ledger.price.gridFee);
    }

    function chargeFee(Ledger memory ledger, uint256[] memory energies, uint256 fee) private pure {
        if (fee == 0) return;
        uint256 sum = sumOf(energies);
        uint256 total = amountAt(sum, fee, 1);
        charge(ledger, energies, sum, total);
        ledger.gridOperator += int256(total);
    }

    /// @dev Writes an account of who is no member, and says by how much it has changed.
    function book(address owner, Account memory account, int256 balance) private returns (int256 by) {
        by = balance - account.balance;
        if (by == 0) return 0;
        addTo(account, by);
        accounts[owner] = account;
    }

    function perMwh(uint256 price) private pure returns (uint256) {
        return (price + MWH_PER_TOKEN - 1) / MWH_PER_TOKEN;
    }

    /// @dev Whether somebody may take a place: its member has left, and if that is another one, is paid and owes nothing.
    function isFree(uint256 number, address by) private view returns (bool) {
        Member memory member = members[number - 1];
        if (member.until > doneUntil()) return false;
        if (member.owner == by) return true;
        if (isOwed(member.owner)) return false;
        Account memory account = accounts[member.owner];
        return account.balance >= 0 && account.locked == 0;
    }

    function marketTime(RegistryRules memory all) internal view returns (int256) {
        return int256(block.timestamp) + all.marketTimeOffset;
    }

    /// @dev The period that begins next, not before the one that is settled next.
    function nextPeriod(RegistryRules memory all) private view returns (uint256) {
        int256 time = marketTime(all);
        uint256 step = inSeconds(all.resolutionSeconds);
        uint256 start = time > 0 ? ((uint256(time) + step - 1) / step) * step : 0;
        uint256 next = settledTo + (isUnderway() ? step : 0);
        return start > next ? start : next;
    }
}
