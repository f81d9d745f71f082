// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./CommunityMarket.sol";

/// @title A period settled in parts
/// @notice Where a block has no room for the settlement of one period in one call: members are measured, some in each call, then all is shared
///         out in memory as in one call, then members are paid, some in each call. By anyone; the result is that of one call.
abstract contract Parts is CommunityMarket {
    /// @dev How far the next period is settled in parts; a word, which is never 0 once it was used.
    struct Progress {
        /// Places of members, 0: it is not; how many of them are measured, then how many paid.
        uint16 size;
        uint16 done;
        bool isShared;
        /// Of what each gets, once that is worked out.
        uint216 digest;
    }

    /// @dev Of a measured member in one word: what it needs, what it has left over (64 bits each), what is locked for it.
    uint256 private constant LEFT_SHIFT = 64;
    uint256 private constant LOCK_SHIFT = 128;
    /// @dev Of what a member gets in one word: by how much its balance changes, and above 128 bits what is locked from now on.
    uint256 private constant KEPT_SHIFT = 128;
    /// @dev Stands for what is locked of a home already, while all is shared out.
    uint256 private constant LOCKED_BEFORE = 1 << 100;

    Progress private progress;
    int256 private unpaidUnits;
    mapping(uint256 place => uint256) private measured;

    /// @notice Members before a place are measured: their energy is taken from the meters, and what it can cost them is locked.
    event Measured(MeterTime indexed periodStart, uint256 members);
    /// @notice What the members get, a word each, as `pay` takes it; then the changes of supplier, grid operator and fund.
    event Shared(MeterTime indexed periodStart, uint256[] parts);

    error NotThisPart(uint256 periodStart, uint256 done, uint256 members);
    error AnotherShare(uint256 periodStart);

    /// @notice Settles `count` periods, the next ones, from final readings, in one call. By anyone.
    /// @param hint where the grid's prices of the first of them stand
    function settle(PriceHint calldata hint, MeterTime from, uint256 count) external {
        Ledger memory ledger = openLedger(hint, from, count);
        Progress memory now_ = progress;
        if (now_.size != 0) {
            if (now_.isShared) revert NotThisPart(inSeconds(from), now_.done, now_.size);
            for (uint256 i = 0; i < now_.done; ++i) ledger.locked[i] -= measured[i] >> LOCK_SHIFT;
            progress = Progress(0, 0, true, 0);
        }
        prepare(ledger);
        sharePeriods(ledger);
        closeLedger(ledger);
    }

    /// @notice Measures up to `most` members more for the next period, whose readings are final.
    function measure(PriceHint calldata hint, MeterTime from, uint256 most) external {
        Progress memory now_ = progress;
        if (now_.size == 0) now_ = Progress(uint16(memberTotal), 0, false, 0);
        if (now_.isShared || now_.done == now_.size || most == 0) revert NotThisPart(inSeconds(from), now_.done, now_.size);
        uint256 first = now_.done;
        uint256 last = most < now_.size - first ? first + most : now_.size;
        Ledger memory ledger = openLedger(hint, from, 1, first, last);
        prepare(ledger);
        if (ledger.mostOutlay > type(uint80).max) ledger.mostOutlay = type(uint80).max;
        enterPeriod(ledger, 0);
        uint256 worst = worstPriceOf(ledger);
        for (uint256 i = 0; i < ledger.size; ++i) {
            (uint256 need, uint256 surplus) = (ledger.needs[i], ledger.surpluses[i]);
            uint256 lock = need + surplus == 0 ? 0 : (need * worst) / MWH_PER_TOKEN + ROUNDING;
            measured[first + i] = need | (surplus << LEFT_SHIFT) | (lock << LOCK_SHIFT);
            if (lock == 0) continue;
            addLock(ledger.accounts[i], lock);
            accounts[ledger.ties.owners[i]] = ledger.accounts[i];
        }
        now_.done = uint16(last);
        progress = now_;
        emit Measured(from, last);
    }

    /// @notice Works out what the measured members get, when all are.
    function share(PriceHint calldata hint, MeterTime from) external {
        Progress memory now_ = progress;
        if (now_.isShared || now_.size == 0 || now_.done != now_.size) revert NotThisPart(inSeconds(from), now_.done, now_.size);
        Ledger memory ledger;
        uint256 size = now_.size;
        openPeriods(ledger, hint, from, 1, size);
        prepare(ledger);
        enterMeasured(ledger);
        sharePeriods(ledger);
        uint256[] memory parts = new uint256[](size + 3);
        int256 sum = 0;
        for (uint256 i = 0; i < size; ++i) {
            int256 change = int256(ledger.got[i]) - int256(ledger.paid[i]);
            sum += change;
            parts[i] = uint256(uint128(int128(change))) | ((ledger.locked[i] - LOCKED_BEFORE) << KEPT_SHIFT);
        }
        (int256 ofSupplier, int256 ofGrid, int256 ofFund) = bookParties(ledger);
        (parts[size], parts[size + 1], parts[size + 2]) = (uint256(ofSupplier), uint256(ofGrid), uint256(ofFund));
        unpaidUnits = sum;
        progress = Progress(now_.size, 0, true, digestOf(parts));
        emit Shared(from, parts);
    }

    /// @notice Pays up to `most` members more what they get. With the last one the period is settled.
    /// @param parts as `Shared` told them
    function pay(MeterTime from, uint256[] calldata parts, uint256 most) external {
        Progress memory now_ = progress;
        uint256 size = now_.size;
        if (size == 0 || !now_.isShared || inSeconds(from) != settledTo || most == 0) {
            revert NotThisPart(inSeconds(from), now_.done, size);
        }
        if (digestOf(parts) != now_.digest) revert AnotherShare(inSeconds(from));
        uint256 last = most < size - now_.done ? now_.done + most : size;
        int256 left = unpaidUnits;
        for (uint256 i = now_.done; i < last; ++i) {
            uint256 lock = measured[i] >> LOCK_SHIFT;
            if (lock != 0) left -= payPart(members[i].owner, parts[i], lock);
        }
        unpaidUnits = left;
        progress = last == size ? Progress(0, 0, true, 0) : Progress(now_.size, uint16(last), true, now_.digest);
        if (last == size) finish(from, parts);
    }

    /// @notice How far the next period is settled in parts: places of members, 0 where it is not, how many of them are measured or, once all is
    ///         shared out, paid.
    function parting() external view returns (uint256 size, uint256 done, bool isShared) {
        Progress memory now_ = progress;
        return (now_.size, now_.done, now_.size != 0 && now_.isShared);
    }

    // ---- What a rule does

    /// @dev Before the periods of a ledger are entered: refuses them, or changes what they cost.
    function prepare(Ledger memory ledger) internal view virtual;

    /// @dev Shares out the periods of a ledger, each of which it enters.
    function sharePeriods(Ledger memory ledger) internal virtual;

    // ---- Parts that several functions use

    function unpaid() internal view override returns (int256) {
        return unpaidUnits;
    }

    function isUnderway() internal view override returns (bool) {
        return progress.size != 0;
    }

    function payPart(address owner, uint256 part, uint256 lock) private returns (int256 change) {
        Account memory account = accounts[owner];
        change = int128(uint128(part));
        addTo(account, change);
        account.locked = uint80(account.locked - lock);
        addLock(account, part >> KEPT_SHIFT);
        accounts[owner] = account;
    }

    function finish(MeterTime from, uint256[] calldata parts) private {
        (,, RegistryRules memory all) = terms();
        uint256 until = inSeconds(from) + inSeconds(all.resolutionSeconds);
        settledTo = uint48(until);
        uint256 size = parts.length - 3;
        int256[] memory changes = new int256[](size);
        for (uint256 i = 0; i < size; ++i) changes[i] = int128(uint128(parts[i]));
        emit Settled(
            from,
            MeterTime.wrap(uint64(until)),
            changes,
            int256(parts[size]),
            int256(parts[size + 1]),
            int256(parts[size + 2])
        );
    }

    /// @dev Needs and surpluses as they were measured, in place of the meters.
    function enterMeasured(Ledger memory ledger) private view {
        ledger.isMeasured = true;
        ledger.period = ledger.from;
        ledger.ties.period = ledger.from;
        ledger.price = ledger.prices[0];
        for (uint256 i = 0; i < ledger.size; ++i) {
            uint256 word = measured[i];
            (uint256 need, uint256 surplus) = (word & type(uint64).max, (word >> LEFT_SHIFT) & type(uint64).max);
            (ledger.needs[i], ledger.surpluses[i]) = (need, surplus);
            ledger.need += need;
            ledger.surplus += surplus;
            ledger.locked[i] = LOCKED_BEFORE;
            // Not copied to memory: owner and periods are one word of storage.
            Member storage member = members[i];
            (address owner, uint48 since, uint48 until) = (member.owner, member.from, member.until);
            ledger.ties.owners[i] = owner;
            ledger.members[i] = Member(owner, since, until, MeterId.wrap(0));
        }
    }

    function digestOf(uint256[] memory parts) private pure returns (uint216) {
        return uint216(uint256(keccak256(abi.encode(parts))));
    }
}
