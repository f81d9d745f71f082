// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./CertificateRecords.sol";
import "./ICommunityRegistry.sol";
import {ICouncil, NO_SEAT} from "./ICouncil.sol";

/// @title Certificates of origin, by the hour
/// @notice A certificate says that a meter produced a kilowatt-hour in an hour. They are made of final readings, hour after hour, each reading once;
///         what is left below a kilowatt-hour is carried to the meter's next hour. They are handed on, and claimed once, for whoever used
///         the energy.
contract Certificates is CertificateEvents {
    uint256 private constant HOUR = 3600;
    uint256 private constant MWH_PER_CERTIFICATE = 1_000_000;
    uint256 private constant MOST_HOURS = 168;

    ICommunityRegistry private immutable meterRegistry;

    /// @notice The next hour of a meter, its mWh that are carried to it, and its technology (0: it is not accredited).
    mapping(MeterId => Source) public sources;
    /// @notice How many certificates were issued and claimed since the beginning.
    CertificateTotals public totals;
    mapping(bytes32 batch => mapping(address owner => uint256)) private balances;
    mapping(bytes32 batch => mapping(address beneficiary => uint256)) private claims;

    constructor(address registry_) {
        require(registry_ != address(0), "the registry's address is missing");
        meterRegistry = ICommunityRegistry(registry_);
    }

    // ---- Which meters

    /// @notice A member of the council says that a meter shows what a plant produces, from an hour on that is not done yet.
    function accredit(MeterId meter, bytes16 technology, MeterTime from) external {
        requireCouncil();
        Source memory source = sources[meter];
        require(HOUR % periodSeconds() == 0, "an hour is no number of periods");
        require(technology != 0, "the technology is missing");
        require(source.technology == 0, "this meter is accredited already");
        require(inSeconds(from) % HOUR == 0 && !(source.next > from), "not an hour to come of this meter");
        (address household,,) = meterRegistry.meterOf(meter);
        require(household != address(0), "this meter is not registered");
        // A remainder of before is dropped: it may be of another technology.
        sources[meter] = Source({next: from, remainderMwh: 0, technology: technology});
        emit Accredited(meter, technology, from, msg.sender);
    }

    /// @notice Nothing more is issued for a meter, from its next hour on.
    function endAccreditation(MeterId meter) external {
        requireCouncil();
        Source memory source = accredited(meter);
        source.technology = 0;
        sources[meter] = source;
        emit AccreditationEnded(meter, source.next, msg.sender);
    }

    // ---- Issuing

    /// @notice Issues certificates of a meter's next hours to its household; anyone may ask for it. All readings must be final.
    /// @param hasGaps the household alone says so: a period that was skipped counts as nothing, else it holds up all hours after it
    function issue(MeterId meter, MeterTime from, uint256 hourCount, bool hasGaps) external returns (uint256 certificates) {
        Source memory source = accredited(meter);
        require(hourCount != 0 && hourCount <= MOST_HOURS, "1 to 168 hours");
        if (!(source.next == from)) revert NotTheNextHour(from, source.next);
        (address household, MeterTime readUntil,) = meterRegistry.meterOf(meter);
        require(!hasGaps || msg.sender == household, "only the meter's household");
        uint256 skippedUntil = hasGaps ? inSeconds(readUntil) : 0;
        uint256 step = periodSeconds();
        MeterId[] memory meters = new MeterId[](1);
        meters[0] = meter;
        uint256[] memory readings = meterRegistry.readingsOf(from, hourCount * (HOUR / step), meters);
        uint256 rest = source.remainderMwh;
        uint256 start = inSeconds(from);
        for (uint256 i = 0; i < readings.length; ++i) {
            rest += producedOf(readings[i], meter, start, skippedUntil);
            start += step;
            if (start % HOUR != 0 || rest < MWH_PER_CERTIFICATE) continue;
            uint256 whole = rest / MWH_PER_CERTIFICATE;
            rest %= MWH_PER_CERTIFICATE;
            certificates += whole;
            MeterTime hour = MeterTime.wrap(uint64(start - HOUR));
            balances[batchOf(meter, hour)][household] = whole;
            emit Issued(meter, hour, household, whole);
        }
        source.next = MeterTime.wrap(uint64(start));
        source.remainderMwh = uint32(rest);
        sources[meter] = source;
        totals.issued += uint128(certificates);
    }

    function producedOf(uint256 reading, MeterId meter, uint256 start, uint256 skippedUntil) private pure returns (uint256) {
        if (reading & READING_IS_FINAL != 0) return producedIn(reading);
        if (reading & READING_IS_THERE != 0 || start >= skippedUntil) revert ReadingNotFinal(meter, start);
        return 0;
    }

    // ---- Holding

    /// @notice Hands certificates of a meter and hour on.
    function transfer(MeterId meter, MeterTime hour, address to, uint256 certificates) external {
        require(to != address(0), "the receiver is missing");
        bytes32 batch = take(meter, hour, certificates);
        balances[batch][to] += certificates;
        emit Transferred(meter, hour, msg.sender, to, certificates);
    }

    /// @notice Retires certificates of the caller for good, in the name of whoever used the energy.
    function claim(MeterId meter, MeterTime hour, address beneficiary, uint256 certificates) external {
        require(beneficiary != address(0), "the beneficiary is missing");
        claims[take(meter, hour, certificates)][beneficiary] += certificates;
        totals.claimed += uint128(certificates);
        emit Claimed(meter, hour, msg.sender, beneficiary, certificates);
    }

    /// @notice Certificates of a meter and hour that an owner has, and that were claimed for it.
    function certificatesOf(MeterId meter, MeterTime hour, address owner) external view returns (uint256 held, uint256 claimed) {
        bytes32 batch = batchOf(meter, hour);
        return (balances[batch][owner], claims[batch][owner]);
    }

    // ---- Parts that several functions use

    function take(MeterId meter, MeterTime hour, uint256 certificates) private returns (bytes32 batch) {
        require(certificates != 0, "there is nothing to move");
        batch = batchOf(meter, hour);
        uint256 held = balances[batch][msg.sender];
        if (certificates > held) revert NotEnoughCertificates(msg.sender, held, certificates);
        balances[batch][msg.sender] = held - certificates;
    }

    function accredited(MeterId meter) private view returns (Source memory source) {
        source = sources[meter];
        require(source.technology != 0, "this meter is not accredited");
    }

    function batchOf(MeterId meter, MeterTime hour) private pure returns (bytes32) {
        return keccak256(abi.encode(meter, hour));
    }

    function periodSeconds() private view returns (uint256) {
        return inSeconds(meterRegistry.rules().resolutionSeconds);
    }

    function requireCouncil() private view {
        require(ICouncil(meterRegistry.council()).seatOf(msg.sender) != NO_SEAT, "only a member of the council");
    }
}
