// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./BankRecords.sol";
import {ICouncil, NO_SEAT, Seat} from "./ICouncil.sol";
import {IEnergyToken} from "./IEnergyToken.sol";
import "./Units.sol";

/// @dev The coins of the bank. They are of two kinds: deposits, each of a seat of the council, and the reserve, which covers every
///      token that exists: reserve ≥ outstanding · redeem rate, rounded up. Every function keeps that, each by itself.
abstract contract Reserve is BankEvents {
    uint256 private constant FEWEST_SEATS = 2;
    uint256 private constant MOST_SEATS = 16;

    IEnergyToken internal immutable energyToken;
    ICouncil internal immutable members;
    uint256 private immutable seatCount;

    Rates internal inForce;

    // Tokens, all since the beginning.
    Tokens internal issuedForCoins;
    Tokens internal issuedOutside;
    Tokens internal redeemedForCoins;
    Tokens internal paidOutside;

    mapping(Seat => SeatAccount) internal accounts;

    constructor(address token_, address council_, Tokens[] memory limits) {
        require(token_ != address(0), "the token's address is missing");
        require(council_ != address(0), "the council's address is missing");
        require(limits.length >= FEWEST_SEATS && limits.length <= MOST_SEATS, "limits are for 2 to 16 seats");
        energyToken = IEnergyToken(token_);
        members = ICouncil(council_);
        seatCount = limits.length;
        for (uint256 i = 0; i < limits.length; ++i) {
            accounts[Seat.wrap(i + 1)].limit = limits[i];
        }
    }

    // ---- Deposits

    /// @notice Adds the coins sent to the deposit of the caller's seat.
    function deposit() external payable {
        Seat seat = operatorSeat();
        require(msg.value != 0, "no coins were sent");
        Coins coins = Coins.wrap(msg.value);
        credit(seat, coins);
        emit Deposited(seat, msg.sender, coins);
    }

    /// @notice Takes coins out of the deposit of the caller's seat.
    /// @param coins wei
    function withdraw(Coins coins) external {
        Seat seat = operatorSeat();
        require(coins > NO_COINS, "the amount is 0");
        debit(seat, coins);
        pay(msg.sender, coins);
        emit Withdrawn(seat, msg.sender, coins);
    }

    /// @notice Gives the coins sent to the reserve: for a redeem rate that it does not cover yet. Nobody gets tokens for them.
    function addCover() external payable {
        require(msg.value != 0, "no coins were sent");
        emit CoverAdded(msg.sender, Coins.wrap(msg.value));
    }

    /// @notice Sets how many token units another operator may attest in all: nobody can widen its own limit.
    function setLimit(address operator, Tokens limit) external {
        Seat seat = members.seatOf(operator);
        require(seat != NO_SEAT, "this is not an operator");
        require(operatorSeat() != seat, "another operator sets a limit");
        accounts[seat].limit = limit;
        emit LimitChanged(seat, operator, msg.sender, limit);
    }

    // ---- What anyone may read

    /// @notice The Energy Token's address.
    function token() external view returns (address) {
        return address(energyToken);
    }

    /// @notice The council, whose members are the bank's operators.
    function council() external view returns (address) {
        return address(members);
    }

    /// @notice What belongs to a seat of the council: token units that it may attest in all, has attested, and may still attest;
    ///         and its deposit in wei.
    function seatAccounts(Seat seat)
        external
        view
        returns (Tokens limit, Tokens attested, Tokens remaining, Coins depositWei)
    {
        SeatAccount memory account = accounts[seat];
        return (account.limit, account.attested, excess(account.limit, account.attested), account.deposit);
    }

    // ---- Parts that several functions use

    /// @dev The seat that the caller acts for.
    function operatorSeat() internal view returns (Seat seat) {
        seat = members.seatOf(msg.sender);
        require(seat != NO_SEAT, "only an operator may do this");
    }

    /// @dev All tokens that exist: the token's totalSupply.
    function outstanding() internal view returns (Tokens) {
        return issuedForCoins + issuedOutside - redeemedForCoins - paidOutside;
    }

    /// @dev The sum of all seats' deposits. It is not kept: what changes one of them happens more often than what asks for all.
    function deposits() internal view returns (Coins sum) {
        for (uint256 i = 1; i <= seatCount; ++i) {
            sum = sum + accounts[Seat.wrap(i)].deposit;
        }
    }

    function reserve() internal view returns (Coins) {
        return Coins.wrap(address(this).balance) - deposits();
    }

    /// @dev Splits the reserve beyond `cover` equally over all seats; what cannot be split stays in the reserve.
    function shareBeyond(Coins cover) internal {
        Coins each = Coins.wrap(Coins.unwrap(excess(reserve(), cover)) / seatCount);
        require(each > NO_COINS, "there is no surplus");
        for (uint256 i = 1; i <= seatCount; ++i) {
            credit(Seat.wrap(i), each);
        }
        emit SurplusShared(msg.sender, each);
    }

    /// @dev Makes coins of the reserve part of a deposit. Whoever calls this has seen to it that the reserve covers all tokens
    ///      without them.
    function credit(Seat seat, Coins coins) internal {
        accounts[seat].deposit = accounts[seat].deposit + coins;
    }

    /// @dev Makes coins of a deposit part of the reserve.
    function debit(Seat seat, Coins coins) internal {
        Coins available = accounts[seat].deposit;
        if (coins > available) revert DepositTooSmall(available, coins);
        accounts[seat].deposit = available - coins;
    }

    function pay(address to, Coins coins) internal {
        (bool isPaid, ) = to.call{value: Coins.unwrap(coins)}("");
        require(isPaid, "the coins were refused");
    }
}
