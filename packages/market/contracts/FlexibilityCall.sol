// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {proRata} from "./Allotment.sol";
import "./Baseline.sol";
import {Escrow} from "./Escrow.sol";

/// @title Calls for flexibility
/// @notice A buyer calls for less consumption in a period, or for more, with a price and the money for it. Homes promise parts of it before the
///         gate. Afterwards the meter says what was delivered: that is paid up to what was promised, and what was promised and not delivered
///         costs a penalty, which the buyer gets.
contract FlexibilityCall is Escrow, Baseline {
    mapping(bytes32 callId => CallState) public calls;

    constructor(address money, address registry_, FlexibilityRules memory all) Escrow(money) Baseline(registry_, all) {}

    /// @notice Calls for flexibility; the money for all of it moves by `transferFrom`.
    function makeCall(Call calldata terms) external returns (bytes32 callId) {
        require(msg.sender == terms.buyer, "only the buyer that it names");
        callId = idOf(terms);
        CallState memory state = calls[callId];
        require(state.escrow == 0 && state.openPromises == 0 && !state.isClosed, "this call was made before");
        Tokens escrow = cost(terms.wantedMwh, terms.price);
        require(escrow > NO_TOKENS, "this call pays nothing");
        require(Tokens.unwrap(escrow) <= type(uint128).max, "this call pays too much");
        state.escrow = uint128(Tokens.unwrap(escrow));
        calls[callId] = state;
        emit Called(
            callId,
            terms.buyer,
            terms.periodStart,
            terms.isMore,
            terms.wantedMwh,
            terms.price,
            terms.penaltyPrice,
            terms.number
        );
        takeIn(msg.sender, escrow);
    }

    /// @notice Promises a part of what a call wants, by a meter's household, before the gate. The penalty for all of it moves by
    ///         `transferFrom`. Where more is promised than is wanted, all promises are cut pro rata.
    function promiseEnergy(Call calldata terms, MeterId meter, Energy energy) external {
        bytes32 callId = idOf(terms);
        CallState memory state = openCall(callId);
        MeterTime start = terms.periodStart;
        (address household, MeterTime readUntil, Energy rating, int256 beginsAt,) = meterRegistry.periodOf(meter, start);
        require(household == msg.sender, "only the meter's household");
        int256 gate = gateOf(beginsAt);
        if (int256(block.timestamp) > gate) revert PastTheGate(gate, block.timestamp);
        require(!(readUntil > start), "this period was read");
        require(energy > NO_ENERGY && !(energy > terms.wantedMwh), "promise a part of what is wanted");
        if (energy > rating) revert AboveRating(energy, rating);
        require(promises[meter][start].callId == 0, "this meter has promised for this period");
        int256 sum = baselineSumOf(meter, start);
        promises[meter][start] = Promise(callId, household, uint48(inMwh(energy)), int48(sum));
        state.promisedMwh += Energy.unwrap(energy);
        state.openPromises += 1;
        calls[callId] = state;
        emit Promised(callId, meter, household, energy, sum);
        takeIn(household, cost(energy, terms.penaltyPrice));
    }

    /// @notice Pays the promises of a call whose readings are final and leaves the others; fails when none is. The last one closes the
    ///         call: what is left goes back to the buyer.
    /// @return settled how many
    function settle(Call calldata terms, MeterId[] calldata meters) external returns (uint256 settled) {
        bytes32 callId = idOf(terms);
        CallState memory state = openCall(callId);
        require(meters.length != 0, "there is no meter in the list");
        bool isSilenceOver = requirePastGate(meters[0], terms.periodStart);
        uint256[] memory readings = meterRegistry.readingsOf(terms.periodStart, 1, meters);
        Tokens toBuyer = NO_TOKENS;
        for (uint256 i = 0; i < meters.length; ++i) {
            Promise memory made = promises[meters[i]][terms.periodStart];
            if (made.callId != callId || made.promisedMwh == 0) continue;
            bool isReady = readings[i] == 0 ? isSilenceOver : readings[i] & READING_IS_FINAL != 0;
            if (!isReady) continue;
            promises[meters[i]][terms.periodStart].promisedMwh = 0;
            Energy delivered = deliveredOf(terms.isMore, made, readings[i]);
            (Tokens paid, Tokens penalty) = payPromise(callId, terms, meters[i], made, state.promisedMwh, delivered);
            state.escrow -= uint128(Tokens.unwrap(paid));
            state.openPromises -= 1;
            toBuyer = toBuyer + penalty;
            settled += 1;
        }
        require(settled != 0, "no promise of these can be settled");
        if (state.openPromises == 0) toBuyer = toBuyer + closeCall(callId, terms.buyer, state);
        calls[callId] = state;
        payOut(terms.buyer, toBuyer);
    }

    /// @notice The buyer takes a call back that nobody has promised anything for.
    function cancelCall(Call calldata terms) external {
        require(msg.sender == terms.buyer, "only the buyer that it names");
        bytes32 callId = idOf(terms);
        CallState memory state = openCall(callId);
        require(state.openPromises == 0, "there are promises for this call");
        Tokens returned = closeCall(callId, terms.buyer, state);
        calls[callId] = state;
        payOut(terms.buyer, returned);
    }

    /// @notice The id of a call.
    function idOf(Call calldata terms) public pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    // ---- Parts that several functions use

    /// @dev Pays the household what its part of all promises brings and what is left of its penalty; the rest of that is the buyer's.
    function payPromise(
        bytes32 callId,
        Call calldata terms,
        MeterId meter,
        Promise memory made,
        uint64 allPromisedMwh,
        Energy delivered
    ) private returns (Tokens paid, Tokens penalty) {
        Energy promised = Energy.wrap(made.promisedMwh);
        Energy accepted = proRata(terms.wantedMwh, Energy.wrap(allPromisedMwh), promised);
        Energy counted = smaller(delivered, accepted);
        paid = cost(counted, terms.price);
        penalty = cost(accepted - counted, terms.penaltyPrice);
        payOut(made.household, paid + (cost(promised, terms.penaltyPrice) - penalty));
        emit Delivered(callId, meter, made.household, accepted, delivered, paid, penalty);
    }

    /// @return isSilenceOver whether a reading that has not come is none
    function requirePastGate(MeterId meter, MeterTime start) private view returns (bool isSilenceOver) {
        (,,, int256 beginsAt, int256 readableFrom) = meterRegistry.periodOf(meter, start);
        int256 gate = gateOf(beginsAt);
        if (int256(block.timestamp) <= gate) revert BeforeTheGate(gate, block.timestamp);
        isSilenceOver = int256(block.timestamp) > readableFrom + int256(inSeconds(rules.silenceSeconds));
    }

    function closeCall(bytes32 callId, address buyer, CallState memory state) private returns (Tokens returned) {
        returned = Tokens.wrap(state.escrow);
        state.escrow = 0;
        state.isClosed = true;
        emit CallClosed(callId, buyer, returned);
    }

    function openCall(bytes32 callId) private view returns (CallState memory state) {
        state = calls[callId];
        require(!state.isClosed && (state.escrow != 0 || state.openPromises != 0), "there is no such open call");
    }
}
