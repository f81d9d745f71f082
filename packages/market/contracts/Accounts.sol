// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {IEnergyToken} from "./IEnergyToken.sol";
import "./ICommunityRegistry.sol";
import "./MarketRecords.sol";
import "./Units.sol";

/// @title Accounts of a market
/// @notice Members, supplier, grid operator and the community's fund, which stands under the market's own address, hold their money
///         here, and nowhere else does a balance move. The supplier advances to each home what its deposit does not cover, up to a
///         limit, and keeps enough for all homes; so the contract always holds what neighbours are paid.
abstract contract Accounts is MarketEvents {
    /// @dev Most of an amount that the genesis decides: balances have room for it.
    uint256 private constant LARGEST_RULE = 1e27;
    /// @dev Most places for members.
    uint256 internal constant MAX_MEMBERS = 1_024;
    /// @dev Set in the number of a member who has left: it may do nothing more.
    uint16 internal constant LEFT = 0x8000;
    /// @dev Until when who has not left is a member.
    uint48 internal constant OPEN = type(uint48).max;

    // Words of storage as settlements read them.
    ICommunityRegistry internal meters;
    uint48 internal settledTo;
    uint48 internal silence;
    // ----
    IGrid internal grid;
    uint96 internal advance;
    // ----
    IEnergyToken private money;
    uint96 internal floor;

    /// @dev By place, that of number 1 is 0; no list, whose length would be read again for every member.
    mapping(uint256 place => Member) internal members;
    uint256 internal memberTotal;
    mapping(address owner => Account) internal accounts;
    /// @dev What the supplier could not pay for exports, and the sum of it.
    mapping(address owner => Tokens) private owed;
    Tokens private totalOwed;

    constructor(MarketRules memory rules_) {
        require(rules_.money != address(0), "the money's address is missing");
        require(rules_.registry != address(0), "the registry's address is missing");
        require(rules_.grid != address(0), "the grid's address is missing");
        uint256 larger = Tokens.unwrap(rules_.depositFloor > rules_.advanceLimit ? rules_.depositFloor : rules_.advanceLimit);
        if (larger > LARGEST_RULE) revert AmountTooLarge(larger, LARGEST_RULE);
        money = IEnergyToken(rules_.money);
        meters = ICommunityRegistry(rules_.registry);
        grid = IGrid(rules_.grid);
        floor = uint96(Tokens.unwrap(rules_.depositFloor));
        advance = uint96(Tokens.unwrap(rules_.advanceLimit));
        settledTo = uint48(inSeconds(rules_.firstPeriod));
        silence = uint48(inSeconds(rules_.silenceSeconds));
    }

    // ---- What owners of accounts may do

    /// @notice Puts money of the caller, who has allowed it, into an account: of a member, the supplier or the grid operator.
    /// @param amount money units
    function deposit(address owner, Tokens amount) external {
        if (accounts[owner].number == 0) {
            (address supplier, address gridOperator,) = terms();
            if (owner != supplier && owner != gridOperator) revert NotAnAccount(owner);
        }
        takeIn(owner, amount);
    }

    /// @notice Takes money of the caller out: what nothing needs, and of a member no more than leaves the floor.
    /// @param amount money units
    function withdraw(Tokens amount) external {
        Account memory account = accounts[msg.sender];
        int256 free = freeOf(msg.sender, account);
        if (account.number != 0 && memberOf(account).until > doneUntil()) free -= int256(uint256(floor));
        requireFree(msg.sender, free, amount);
        addTo(account, -int256(Tokens.unwrap(amount)));
        accounts[msg.sender] = account;
        money.transfer(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
    }

    /// @notice Pays homes what the supplier owes them, one after the other, as far as it has it. By anyone.
    function payOwed(address[] calldata owners) external {
        (address supplier,,) = terms();
        Account memory ofSupplier = accounts[supplier];
        int256 available = int256(ofSupplier.balance) - int256(uint256(ofSupplier.locked)) - reserve();
        for (uint256 i = 0; i < owners.length; ++i) {
            if (available <= 0) break;
            Tokens amount = smaller(owed[owners[i]], Tokens.wrap(uint256(available)));
            if (!(amount > NO_TOKENS)) continue;
            available -= int256(Tokens.unwrap(amount));
            owed[owners[i]] = owed[owners[i]] - amount;
            totalOwed = totalOwed - amount;
            pay(supplier, owners[i], amount);
            emit OwedPaid(owners[i], amount);
        }
    }

    // ---- What anyone may read

    /// @notice Balance of an account, what of it is locked, and what the supplier owes to its owner, money units. That of the market's own
    ///         address is the community's fund.
    function accountOf(address owner) external view returns (int256 balance, uint256 locked, uint256 owedUnits) {
        Account memory account = accounts[owner];
        return (account.balance, account.locked, Tokens.unwrap(owed[owner]));
    }

    /// @notice Money that the market holds, and the sum of all accounts. They are equal; only money that somebody sends here without a
    ///         deposit comes on top of what is held.
    function audit() public view returns (int256 held, int256 sum) {
        held = int256(Tokens.unwrap(money.balanceOf(address(this))));
        (address supplier, address gridOperator,) = terms();
        sum = int256(accounts[supplier].balance) + accounts[gridOperator].balance + accounts[address(this)].balance;
        uint256 size = memberTotal;
        for (uint256 i = 0; i < size; ++i) sum += accounts[members[i].owner].balance;
        sum += unpaid();
    }

    /// @notice What the genesis has decided; `firstPeriod` is the one that is settled next.
    function rules() external view returns (MarketRules memory all) {
        all.money = address(money);
        all.registry = address(meters);
        all.grid = address(grid);
        all.depositFloor = Tokens.wrap(floor);
        all.advanceLimit = Tokens.wrap(advance);
        all.firstPeriod = MeterTime.wrap(settledTo);
        all.silenceSeconds = Duration.wrap(silence);
    }

    // ---- What rules use

    function terms() internal view returns (address supplier, address gridOperator, RegistryRules memory all) {
        return meters.terms();
    }

    /// @dev Keeps a part of an account for what may be paid from it; of the owner's own money, not of what the supplier would advance.
    function lock(address owner, Tokens amount) internal {
        Account memory account = accounts[owner];
        requireFree(owner, freeOf(owner, account), amount);
        addLock(account, Tokens.unwrap(amount));
        accounts[owner] = account;
    }

    function unlock(address owner, Tokens amount) internal {
        Account memory account = accounts[owner];
        account.locked = uint80(uint256(account.locked) - Tokens.unwrap(amount));
        accounts[owner] = account;
    }

    /// @dev Sets `unlocked` of the payer free and moves `amount` of it.
    function payLocked(address from, address to, Tokens amount, Tokens unlocked) internal {
        assert(!(amount > unlocked));
        unlock(from, unlocked);
        pay(from, to, amount);
    }

    /// @dev What is locked becomes the community's.
    function toFund(address from, Tokens amount) internal {
        payLocked(from, address(this), amount, amount);
    }

    /// @dev Written down for the home whom the supplier cannot pay.
    function owe(MeterTime period, address owner, uint256 amount) internal {
        owed[owner] = owed[owner] + Tokens.wrap(amount);
        totalOwed = totalOwed + Tokens.wrap(amount);
        emit Owed(period, owner, Tokens.wrap(amount));
    }

    function isOwed(address owner) internal view returns (bool) {
        return owed[owner] > NO_TOKENS;
    }

    /// @dev Money of the caller, who has allowed it, into an account.
    function takeIn(address owner, Tokens amount) internal {
        if (!(amount > NO_TOKENS)) return;
        money.transferFrom(msg.sender, address(this), amount);
        Account memory account = accounts[owner];
        addTo(account, int256(Tokens.unwrap(amount)));
        accounts[owner] = account;
        emit Deposited(owner, msg.sender, amount);
    }

    /// @dev Empties the account of a member whose place another one takes.
    function payOff(address owner) internal {
        int256 balance = accounts[owner].balance;
        delete accounts[owner];
        if (balance == 0) return;
        money.transfer(owner, Tokens.wrap(uint256(balance)));
        emit Withdrawn(owner, Tokens.wrap(uint256(balance)));
    }

    /// @dev What the supplier keeps: so much is advanced when every home owes as much as it can.
    function reserve() internal view returns (int256) {
        return int256(memberTotal * uint256(advance));
    }

    /// @dev What accounts still get of a period that is settled in parts.
    function unpaid() internal view virtual returns (int256) {
        return 0;
    }

    /// @dev Until when all that periods cost is paid: a member who left before is free.
    function doneUntil() internal view virtual returns (uint256) {
        return settledTo;
    }

    /// @dev Of an account that has a number.
    function memberOf(Account memory account) internal view returns (Member memory) {
        return members[(account.number & (LEFT - 1)) - 1];
    }

    function addTo(Account memory account, int256 change) internal pure {
        int256 balance = int256(account.balance) + change;
        if (balance > type(int96).max || balance < type(int96).min) {
            revert AmountTooLarge(uint256(balance < 0 ? -balance : balance), uint256(int256(type(int96).max)));
        }
        account.balance = int96(balance);
    }

    function addLock(Account memory account, uint256 amount) internal pure {
        uint256 locked = uint256(account.locked) + amount;
        if (locked > type(uint80).max) revert AmountTooLarge(locked, type(uint80).max);
        account.locked = uint80(locked);
    }

    // ---- Parts that several functions use

    function pay(address from, address to, Tokens amount) private {
        Account memory payer = accounts[from];
        addTo(payer, -int256(Tokens.unwrap(amount)));
        accounts[from] = payer;
        Account memory payee = accounts[to];
        addTo(payee, int256(Tokens.unwrap(amount)));
        accounts[to] = payee;
    }

    /// @dev Own money that nothing needs; whoever is no member is supplier or grid operator, or has nothing.
    function freeOf(address owner, Account memory account) private view returns (int256 free) {
        free = int256(account.balance) - int256(uint256(account.locked));
        if (account.number != 0) return free;
        (address supplier,,) = terms();
        if (owner == supplier) free -= reserve() + int256(Tokens.unwrap(totalOwed));
    }

    function requireFree(address owner, int256 free, Tokens amount) private pure {
        if (free < 0 || uint256(free) < Tokens.unwrap(amount)) revert Uncovered(owner, free, Tokens.unwrap(amount));
    }
}
