// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./RateChanges.sol";
import "./StandingOrders.sol";

/// @title The community's bank
/// @notice Sells Energy Tokens for coins or for money received outside the chain, and redeems them for coins or for payouts
///         outside. Its operators are the members of the council. Every token that exists is covered by coins at the redeem rate
///         in force.
contract Bank is RateChanges, StandingOrders {
    /// @dev Who has used a reference of money received: nobody may use it again.
    mapping(MoneyReference => Seat) private usersOfReferences;

    /// @param limits token units that each seat of the council may attest, seat 1 first
    constructor(address token, address council, Tokens[] memory limits, Rate buyRate, Rate redeemRate)
        Reserve(token, council, limits)
        RateChanges(buyRate, redeemRate)
    {}

    // ---- Buying

    /// @notice Sells tokens for the coins sent, at the buy rate.
    /// @param leastTokens with fewer tokens nothing is bought
    /// @param until nothing is bought in a block later than this
    /// @return tokens token units, rounded down
    function buy(Tokens leastTokens, BlockTime until) external payable returns (Tokens tokens) {
        requireInTime(until);
        Coins coins = Coins.wrap(msg.value);
        Rate rate = inForce.buy;
        tokens = tokensFor(coins, rate);
        require(tokens > NO_TOKENS, "too few coins for any token");
        if (tokens < leastTokens) revert FewerTokens(tokens, leastTokens);
        issuedForCoins = issuedForCoins + tokens;
        energyToken.mint(msg.sender, tokens);
        emit Bought(msg.sender, coins, tokens, rate);
    }

    /// @notice Issues tokens for money that an operator has received outside, within the operator's limit. What covers them in
    ///         coins is taken from its deposit.
    /// @param amount token units
    /// @param moneyReference names the payment; it counts once, whichever operator uses it
    function attest(address to, Tokens amount, MoneyReference moneyReference) external {
        Seat seat = operatorSeat();
        require(amount > NO_TOKENS, "the amount is 0");
        require(moneyReference.isGiven(), "the reference is missing");
        require(usersOfReferences[moneyReference] == NO_SEAT, "this reference was used before");
        Tokens attestedBefore = accounts[seat].attested;
        Tokens available = excess(accounts[seat].limit, attestedBefore);
        if (amount > available) revert LimitExceeded(available, amount);
        Coins cover = coverFor(amount, inForce.redeem);
        debit(seat, cover);
        usersOfReferences[moneyReference] = seat;
        accounts[seat].attested = attestedBefore + amount;
        issuedOutside = issuedOutside + amount;
        energyToken.mint(to, amount);
        emit Attested(msg.sender, to, moneyReference, amount, cover);
    }

    // ---- Redeeming for coins

    /// @notice Takes tokens back for coins, at the redeem rate.
    /// @param amount token units
    /// @param leastCoins for fewer wei nothing is redeemed
    /// @param until nothing is redeemed in a block later than this
    /// @return coins wei, rounded down
    function redeem(Tokens amount, Coins leastCoins, BlockTime until) external returns (Coins coins) {
        requireInTime(until);
        Rate rate = inForce.redeem;
        coins = coinsFor(amount, rate);
        require(coins > NO_COINS, "too few tokens for any coin");
        if (coins < leastCoins) revert FewerCoins(coins, leastCoins);
        redeemedForCoins = redeemedForCoins + amount;
        energyToken.burn(msg.sender, amount);
        pay(msg.sender, coins);
        emit Redeemed(msg.sender, amount, coins, rate);
    }

    // ---- What anyone may read

    /// @notice Seat that has used a reference of money received; 0 if nobody has.
    function referenceUsedBy(MoneyReference moneyReference) external view returns (Seat seat) {
        return usersOfReferences[moneyReference];
    }

    /// @notice Tokens issued and taken back since the beginning, what is pending and what exists; the coins that cover them, what they
    ///         must cover, what is beyond that, and the sum of all deposits.
    function figures()
        external
        view
        returns (
            Tokens tokensIssuedForCoins,
            Tokens tokensIssuedOutside,
            Tokens tokensRedeemedForCoins,
            Tokens tokensPaidOutside,
            Tokens tokensPendingPayout,
            Tokens tokensOutstanding,
            Coins coinReserve,
            Coins coinCoverNeeded,
            Coins coinSurplus,
            Coins coinDeposits
        )
    {
        tokensIssuedForCoins = issuedForCoins;
        tokensIssuedOutside = issuedOutside;
        tokensRedeemedForCoins = redeemedForCoins;
        tokensPaidOutside = paidOutside;
        tokensPendingPayout = pendingPayouts;
        tokensOutstanding = outstanding();
        coinReserve = reserve();
        coinCoverNeeded = coverFor(tokensOutstanding, inForce.redeem);
        coinSurplus = excess(coinReserve, coinCoverNeeded);
        coinDeposits = deposits();
    }

    /// @dev A transaction that waited too long may meet rates that its sender did not think of.
    function requireInTime(BlockTime until) private view {
        if (blockTime() > until) revert TooLate(until, blockTime());
    }
}
