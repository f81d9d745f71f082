// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./BankRecords.sol";
import {IEnergyToken} from "./IEnergyToken.sol";
import "./Units.sol";

/// @title The community's bank
/// @notice Sells Energy Tokens for coins or for money received outside the chain, and redeems them for coins or for payouts
///         outside. Its two operators are the accounts of the mining nodes.
contract Bank is BankEvents {
    IEnergyToken private immutable energyToken;
    address private immutable operatorA;
    address private immutable operatorB;

    /// @dev What a buyer pays for a token.
    Rate private buyingRate;
    /// @dev What a holder gets for a token; never above `buyingRate`.
    Rate private redeemingRate;

    // Tokens, all since the beginning.
    Tokens private issuedForCoins;
    Tokens private issuedOutside;
    Tokens private redeemedForCoins;
    Tokens private paidOutside;

    /// @dev Of the tokens that exist, those that the coin reserve must be able to redeem.
    Tokens private backedByCoins;
    /// @dev Held by the bank for payouts not yet paid.
    Tokens private pendingPayouts;

    /// @notice Payouts so far; their ids run from 1.
    uint256 public payoutCount;
    /// @notice Standing orders so far; their ids run from 1.
    uint256 public standingOrderCount;

    /// @dev Tokens that an operator may attest in all, and has attested.
    mapping(address operator => Tokens) private limits;
    mapping(address operator => Tokens) private attested;
    /// @dev Who has used a reference of money received: nobody may use it again.
    mapping(MoneyReference => address operator) private usersOfReferences;
    mapping(PayoutId => Payout) private payoutsById;
    mapping(OrderId => StandingOrder) private ordersById;

    modifier onlyOperator() {
        require(isOperator(msg.sender), "only an operator may do this");
        _;
    }

    constructor(
        address token,
        address firstOperator,
        Tokens firstLimit,
        address secondOperator,
        Tokens secondLimit,
        Rate buyRate,
        Rate redeemRate
    ) {
        require(token != address(0), "the token's address is missing");
        require(firstOperator != address(0), "an operator is missing");
        require(secondOperator != address(0), "an operator is missing");
        require(firstOperator != secondOperator, "the operators must differ");
        energyToken = IEnergyToken(token);
        operatorA = firstOperator;
        operatorB = secondOperator;
        limits[firstOperator] = firstLimit;
        limits[secondOperator] = secondLimit;
        postRates(buyRate, redeemRate);
    }

    // ---- Buying

    /// @notice Sells tokens for the coins sent, at the buy rate.
    /// @return tokens token units, rounded down
    function buy() external payable returns (Tokens tokens) {
        Coins coins = Coins.wrap(msg.value);
        Rate rate = buyingRate;
        tokens = tokensFor(coins, rate);
        require(tokens > NO_TOKENS, "too few coins for any token");
        issuedForCoins = issuedForCoins + tokens;
        backedByCoins = backedByCoins + tokens;
        energyToken.mint(msg.sender, tokens);
        emit Bought(msg.sender, coins, tokens, rate);
    }

    /// @notice Issues tokens for money that an operator has received outside, within the operator's limit.
    /// @param amount token units
    /// @param moneyReference names the payment; it counts once, whichever operator uses it
    function attest(address to, Tokens amount, MoneyReference moneyReference) external onlyOperator {
        require(amount > NO_TOKENS, "the amount is 0");
        require(moneyReference.isGiven(), "the reference is missing");
        require(usersOfReferences[moneyReference] == address(0), "this reference was used before");
        Tokens attestedBefore = attested[msg.sender];
        Tokens available = excess(limits[msg.sender], attestedBefore);
        if (amount > available) revert LimitExceeded(available, amount);
        usersOfReferences[moneyReference] = msg.sender;
        attested[msg.sender] = attestedBefore + amount;
        issuedOutside = issuedOutside + amount;
        energyToken.mint(to, amount);
        emit Attested(msg.sender, to, moneyReference, amount);
    }

    // ---- Redeeming for coins

    /// @notice Takes tokens back for coins, at the redeem rate.
    /// @param amount token units
    /// @return coins wei, rounded down
    function redeem(Tokens amount) external returns (Coins coins) {
        Rate rate = redeemingRate;
        coins = coinsFor(amount, rate);
        require(coins > NO_COINS, "too few tokens for any coin");
        Coins available = reserve();
        if (coins > available) revert ReserveTooSmall(available, coins);
        redeemedForCoins = redeemedForCoins + amount;
        // Coins redeem what coins back first; beyond that they stand in for money received outside.
        backedByCoins = excess(backedByCoins, amount);
        energyToken.burn(msg.sender, amount);
        pay(msg.sender, coins);
        emit Redeemed(msg.sender, amount, coins, rate);
    }

    // ---- Payouts outside

    /// @notice Takes tokens of the caller, who has allowed it, and asks for a payout outside.
    /// @param amount token units
    function redeemOutside(Tokens amount, Destination destination) external returns (PayoutId payoutId) {
        require(amount > NO_TOKENS, "the amount is 0");
        require(destination.isChosen(), "the destination is missing");
        return requestPayout(msg.sender, amount, destination);
    }

    /// @notice An operator has paid outside: the tokens vanish.
    /// @param moneyReference names the payment, which may cover several payouts
    function markPaid(PayoutId payoutId, MoneyReference moneyReference) external onlyOperator {
        require(moneyReference.isGiven(), "the reference is missing");
        Payout storage payout = payoutsById[payoutId];
        require(payout.state == PayoutState.Pending, "this payout is not pending");
        payout.state = PayoutState.Paid;
        payout.paidWith = moneyReference;
        Tokens amount = payout.amount;
        pendingPayouts = pendingPayouts - amount;
        paidOutside = paidOutside + amount;
        // A payout outside uses up what outside money backs first; beyond that it frees coins.
        backedByCoins = smaller(backedByCoins, outstanding());
        energyToken.burn(address(this), amount);
        emit PayoutPaid(payoutId, payout.holder, msg.sender, amount, moneyReference);
    }

    /// @notice Gives the tokens back to the holder, who has changed its mind before the payout was paid.
    function cancelPayout(PayoutId payoutId) external {
        Payout storage payout = payoutsById[payoutId];
        require(payout.state == PayoutState.Pending, "this payout is not pending");
        require(payout.holder == msg.sender, "only the payout's holder");
        payout.state = PayoutState.Cancelled;
        Tokens amount = payout.amount;
        pendingPayouts = pendingPayouts - amount;
        energyToken.transfer(msg.sender, amount);
        emit PayoutCancelled(payoutId, msg.sender, amount);
    }

    // ---- Standing orders

    /// @notice Leaves an order for a payout of so many token units at every interval, the first one interval from now.
    function setStandingOrder(Tokens amount, Duration intervalSeconds, Destination destination)
        external
        returns (OrderId orderId)
    {
        require(amount > NO_TOKENS, "the amount is 0");
        require(intervalSeconds > NO_TIME, "the interval is 0");
        require(destination.isChosen(), "the destination is missing");
        orderId = OrderId.wrap(++standingOrderCount);
        DueDate firstDue = dueAfter(intervalSeconds);
        ordersById[orderId] = StandingOrder({
            holder: msg.sender,
            interval: intervalSeconds,
            amount: amount,
            destination: destination,
            nextDue: firstDue
        });
        emit StandingOrderSet(orderId, msg.sender, amount, inSeconds(intervalSeconds), destination, firstDue);
    }

    /// @notice Ends an order of the caller.
    function cancelStandingOrder(OrderId orderId) external {
        StandingOrder storage order = ordersById[orderId];
        require(order.nextDue.isSet(), "there is no such standing order");
        require(order.holder == msg.sender, "only the order's holder");
        order.nextDue = NEVER;
        emit StandingOrderCancelled(orderId, msg.sender);
    }

    /// @notice Pays every order of the list that is due, with one payout each.
    /// @return paid how many
    function runStandingOrders(OrderId[] calldata orderIds) external onlyOperator returns (uint256 paid) {
        for (uint256 i = 0; i < orderIds.length; ++i) {
            if (runStandingOrder(orderIds[i])) ++paid;
        }
    }

    /// @dev An order that its holder's tokens or allowance do not cover is left for a later run and named in an event, since
    ///      a failed call would undo the whole run.
    function runStandingOrder(OrderId orderId) private returns (bool isPaid) {
        DueDate due = ordersById[orderId].nextDue;
        if (!due.isSet() || !due.isReached()) return false;
        StandingOrder memory order = ordersById[orderId];
        Tokens available = smaller(
            energyToken.balanceOf(order.holder), energyToken.allowance(order.holder, address(this))
        );
        if (order.amount > available) {
            emit StandingOrderUncovered(orderId, available, order.amount);
            return false;
        }
        PayoutId payoutId = requestPayout(order.holder, order.amount, order.destination);
        DueDate nextDue = due.movedBeyondNow(order.interval);
        ordersById[orderId].nextDue = nextDue;
        emit StandingOrderPaid(orderId, payoutId, nextDue);
        return true;
    }

    // ---- What operators decide

    /// @notice Posts rates for every transaction from now on.
    /// @param newBuyRate wei for one token
    /// @param newRedeemRate wei for one token
    function setRates(Rate newBuyRate, Rate newRedeemRate) external onlyOperator {
        postRates(newBuyRate, newRedeemRate);
        emit RatesChanged(msg.sender, newBuyRate, newRedeemRate);
    }

    /// @notice Sets how many token units the other operator may attest in all: neither can widen its own limit.
    function setLimit(address operator, Tokens limit) external onlyOperator {
        require(isOperator(operator), "this is not an operator");
        require(operator != msg.sender, "the other operator sets a limit");
        limits[operator] = limit;
        emit LimitChanged(operator, msg.sender, limit);
    }

    /// @notice Adds the coins sent to the reserve.
    function deposit() external payable {
        require(msg.value != 0, "no coins were sent");
        emit Deposited(msg.sender, Coins.wrap(msg.value));
    }

    /// @notice Takes coins out of the reserve, beyond what redeeming all tokens that coins back would take.
    /// @param coins wei
    function withdraw(Coins coins) external onlyOperator {
        require(coins > NO_COINS, "the amount is 0");
        Coins available = withdrawable();
        if (coins > available) revert BackingNeeded(available, coins);
        pay(msg.sender, coins);
        emit Withdrawn(msg.sender, coins);
    }

    // ---- What anyone may read

    /// @notice The Energy Token's address.
    function token() external view returns (address) {
        return address(energyToken);
    }

    /// @notice Who runs the bank.
    function operators() external view returns (address first, address second) {
        return (operatorA, operatorB);
    }

    /// @notice Whether an account is one of the two operators.
    function isOperator(address account) public view returns (bool) {
        return account == operatorA || account == operatorB;
    }

    /// @notice Token units that an operator may attest in all, has attested, and may still attest.
    function operatorLimit(address operator)
        external
        view
        returns (Tokens limit, Tokens attestedTokens, Tokens remaining)
    {
        limit = limits[operator];
        attestedTokens = attested[operator];
        remaining = excess(limit, attestedTokens);
    }

    /// @notice Wei for one token, paid to the bank and paid by it.
    function rates() external view returns (Rate buyWei, Rate redeemWei) {
        return (buyingRate, redeemingRate);
    }

    /// @notice Operator who has used a reference of money received; zero if nobody has.
    function referenceUsedBy(MoneyReference moneyReference) external view returns (address operator) {
        return usersOfReferences[moneyReference];
    }

    /// @notice Tokens issued and taken back since the beginning, what is pending, what backs the tokens that exist, and the
    ///         coins behind it.
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
            Tokens tokensBackedByCoins,
            Tokens tokensBackedOutside,
            Coins coinReserve,
            Coins coinReserveNeeded,
            Coins coinWithdrawable
        )
    {
        tokensIssuedForCoins = issuedForCoins;
        tokensIssuedOutside = issuedOutside;
        tokensRedeemedForCoins = redeemedForCoins;
        tokensPaidOutside = paidOutside;
        tokensPendingPayout = pendingPayouts;
        tokensOutstanding = outstanding();
        tokensBackedByCoins = backedByCoins;
        tokensBackedOutside = tokensOutstanding - tokensBackedByCoins;
        coinReserve = reserve();
        coinReserveNeeded = reserveNeeded();
        coinWithdrawable = withdrawable();
    }

    /// @notice A payout: who asked, token units, where to, its state, and what names the payment once it is paid.
    function payouts(PayoutId payoutId)
        external
        view
        returns (
            address holder,
            Tokens tokens,
            Destination destination,
            PayoutState state,
            MoneyReference moneyReference
        )
    {
        Payout memory payout = payoutsById[payoutId];
        return (payout.holder, payout.amount, payout.destination, payout.state, payout.paidWith);
    }

    /// @notice A standing order: whose, token units, where to, seconds between payouts, block time of the next.
    function standingOrders(OrderId orderId)
        external
        view
        returns (address holder, Tokens tokens, Destination destination, uint256 intervalSeconds, DueDate nextDue)
    {
        StandingOrder memory order = ordersById[orderId];
        return (order.holder, order.amount, order.destination, inSeconds(order.interval), order.nextDue);
    }

    // ---- Parts that several functions use

    /// @dev Otherwise buying and redeeming in turn would drain the reserve.
    function postRates(Rate newBuyRate, Rate newRedeemRate) private {
        require(newRedeemRate > NO_RATE, "a rate cannot be 0");
        require(newRedeemRate <= newBuyRate, "redeem rate is above buy rate");
        buyingRate = newBuyRate;
        redeemingRate = newRedeemRate;
    }

    /// @dev Takes the tokens into the bank, which needs the holder's allowance.
    function requestPayout(address holder, Tokens amount, Destination destination)
        private
        returns (PayoutId payoutId)
    {
        energyToken.transferFrom(holder, address(this), amount);
        payoutId = PayoutId.wrap(++payoutCount);
        payoutsById[payoutId] = Payout({
            holder: holder,
            state: PayoutState.Pending,
            amount: amount,
            destination: destination,
            paidWith: NOT_YET
        });
        pendingPayouts = pendingPayouts + amount;
        emit PayoutRequested(payoutId, holder, amount, destination);
    }

    function pay(address to, Coins coins) private {
        (bool isPaid, ) = to.call{value: Coins.unwrap(coins)}("");
        require(isPaid, "the coins were refused");
    }

    /// @dev All tokens that exist: the token's totalSupply.
    function outstanding() private view returns (Tokens) {
        return issuedForCoins + issuedOutside - redeemedForCoins - paidOutside;
    }

    function reserve() private view returns (Coins) {
        return Coins.wrap(address(this).balance);
    }

    /// @dev What redeeming all tokens that coins back would take.
    function reserveNeeded() private view returns (Coins) {
        return coinsFor(backedByCoins, redeemingRate);
    }

    function withdrawable() private view returns (Coins) {
        return excess(reserve(), reserveNeeded());
    }
}
