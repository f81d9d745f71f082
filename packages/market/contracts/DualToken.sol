// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./BondRate.sol";
import {Token} from "./Token.sol";

/// @title A host's unit of account, covered by a bond
/// @notice The host locks coins and makes units against them. Each host has a contract of its own, so nobody's units hang on another one's
///         bond; a unit is an ERC-20 that a market can take as its money. Units are redeemed for coins at the rate in force, or for their share of
///         the bond where that is less: a redemption never lowers what stands behind the units that are left, and nobody gains by being first.
///         Once the bond is below its ratio, anyone ends the host's business, and what each unit brings is fixed.
contract DualToken is Token, BondRate {
    uint256 private constant ONE = 10_000; // a ratio of 1
    uint256 private constant LARGEST_RATIO = 100_000;

    uint8 public constant decimals = 18;
    string public name;
    string public symbol;
    /// @notice How large the bond must be beside what the units are worth, in hundredths of a per cent.
    uint256 public immutable ratioBps;

    Bond private bond;
    Tokens private claimants; // whom the claim on a liquidated bond is for

    /// @param rateWei wei for a whole unit
    constructor(string memory name_, string memory symbol_, address council, address host_, Rate rateWei, uint256 ratio)
        BondRate(council, host_, rateWei)
    {
        require(ratio >= ONE && ratio <= LARGEST_RATIO, "a ratio is 10000 to 100000");
        name = name_;
        symbol = symbol_;
        ratioBps = ratio;
    }

    // ---- What the host does

    /// @notice Adds the coins sent to the bond.
    function lockBond() external payable {
        Bond memory kept = openBond();
        require(msg.value <= type(uint128).max - kept.coinsWei, "the bond is too large");
        kept.coinsWei += uint128(msg.value);
        bond = kept;
        emit BondLocked(Coins.wrap(msg.value), kept.coinsWei);
    }

    /// @notice Makes units. The bond must cover all that exist, at the dearer of the rate in force and a confirmed one.
    function mint(address to, Tokens units) external {
        uint256 bondWei = openBond().coinsWei;
        mintTo(to, units);
        require(Tokens.unwrap(totalSupply) <= type(uint128).max, "too many units");
        requireBond(bondWei, neededFor(dearerRate()));
    }

    /// @notice Takes coins out of the bond that it does not need: for its ratio, or once it is liquidated for the claims of the units.
    function unlockBond(Coins coinsWei) external {
        requireHost();
        Bond memory kept = bond;
        uint256 needed = kept.claimWei == 0 ? neededFor(dearerRate()) : claimOf(kept, totalSupply, true);
        requireBond(kept.coinsWei, needed + Coins.unwrap(coinsWei));
        payCaller(kept, coinsWei);
        emit BondUnlocked(coinsWei, kept.coinsWei);
    }

    // ---- What anyone does

    /// @notice Gives units of the caller back, for coins; fewer than `least` are refused.
    function redeem(Tokens units, Coins least) external returns (Coins coinsWei) {
        Bond memory kept = bond;
        coinsWei = worthOf(kept, units);
        if (coinsWei < least) revert FewerCoins(coinsWei, least);
        burnFrom(msg.sender, units);
        emit Redeemed(msg.sender, units, coinsWei);
        payCaller(kept, coinsWei);
    }

    /// @notice Ends the business of a host whose bond is below its ratio at the rate in force: no more units are made, and those that exist
    ///         bring from now on what they cost at the rate, or their share of the bond where that is less.
    function liquidate() external {
        Bond memory kept = bond;
        requireOpen(kept);
        (Tokens units, Rate rate) = (totalSupply, rateInForce());
        uint256 needed = neededFor(rate);
        if (kept.coinsWei >= needed) revert BondCovers(kept.coinsWei, needed);
        uint256 cover = Coins.unwrap(coverFor(units, rate));
        kept.claimWei = cover < kept.coinsWei ? uint128(cover) : kept.coinsWei;
        bond = kept;
        claimants = units;
        emit Liquidated(msg.sender, units, kept.coinsWei, kept.claimWei);
    }

    /// @notice In wei the bond, and what it must be: at the rate in force, or once the host is liquidated for the claims that are left.
    function bondState() external view returns (uint256 bondWei, uint256 neededWei, bool isLiquidated) {
        Bond memory kept = bond;
        neededWei = kept.claimWei != 0 ? claimOf(kept, totalSupply, true) : neededFor(rateInForce());
        return (kept.coinsWei, neededWei, kept.claimWei != 0);
    }

    /// @notice The coins that units bring now.
    function worth(Tokens units) external view returns (Coins) {
        return worthOf(bond, units);
    }

    // ---- Parts that several functions use

    function worthOf(Bond memory kept, Tokens units) private view returns (Coins) {
        Tokens all = totalSupply;
        require(units > NO_TOKENS && !(units > all), "there are not so many units");
        if (kept.claimWei != 0) return Coins.wrap(claimOf(kept, units, false));
        Coins atRate = coinsFor(units, rateInForce());
        Coins share = Coins.wrap(kept.coinsWei * Tokens.unwrap(units) / Tokens.unwrap(all));
        return atRate < share ? atRate : share;
    }

    /// @dev What units bring of a liquidated bond.
    function claimOf(Bond memory kept, Tokens units, bool isRoundedUp) private view returns (uint256) {
        uint256 all = Tokens.unwrap(claimants);
        return (kept.claimWei * Tokens.unwrap(units) + (isRoundedUp ? all - 1 : 0)) / all;
    }

    /// @dev What the bond must be: what all units cost, times the ratio, rounded up.
    function neededFor(Rate rate) private view returns (uint256) {
        return (Coins.unwrap(coverFor(totalSupply, rate)) * ratioBps + ONE - 1) / ONE;
    }

    function requireBond(uint256 bondWei, uint256 neededWei) private pure {
        if (bondWei < neededWei) revert BondTooSmall(bondWei, neededWei);
    }

    function openBond() private view returns (Bond memory kept) {
        requireHost();
        kept = bond;
        requireOpen(kept);
    }

    function requireOpen(Bond memory kept) private pure {
        require(kept.claimWei == 0, "this host is liquidated");
    }

    function requireHost() private view {
        require(msg.sender == host, "only the host");
    }

    function payCaller(Bond memory kept, Coins coinsWei) private {
        kept.coinsWei -= uint128(Coins.unwrap(coinsWei));
        bond = kept;
        (bool isPaid,) = msg.sender.call{value: Coins.unwrap(coinsWei)}("");
        require(isPaid, "the coins were refused");
    }
}
