// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./TradeRecords.sol";
import "./Units.sol";

/// @title Meters and their readings
/// @notice Registrars say whose a meter is and who reports its readings; a reading is final.
abstract contract Meters is TradeEvents {
    address private immutable registrarA;
    address private immutable registrarB;

    mapping(MeterId => Meter) internal metersById;
    mapping(MeterId => mapping(MeterTime start => mapping(Duration length => Period))) internal periods;

    modifier onlyRegistrar() {
        require(msg.sender == registrarA || msg.sender == registrarB, "only a registrar may do this");
        _;
    }

    constructor(address firstRegistrar, address secondRegistrar) {
        require(firstRegistrar != address(0), "a registrar is missing");
        require(secondRegistrar != address(0), "a registrar is missing");
        registrarA = firstRegistrar;
        registrarB = secondRegistrar;
    }

    // ---- Meters

    /// @notice Registers a meter, once; it stays with its household.
    /// @param reporter whose readings of it count
    function registerMeter(MeterId meter, address household, address reporter) external onlyRegistrar {
        require(MeterId.unwrap(meter) != 0, "the meter's id is missing");
        require(household != address(0), "the household is missing");
        require(reporter != address(0), "the reporter is missing");
        require(metersById[meter].household == address(0), "this meter is registered already");
        LastReading memory none = LastReading({number: 0, readUntil: MeterTime.wrap(0)});
        metersById[meter] = Meter({household: household, reporter: reporter, last: none});
        emit MeterRegistered(meter, household, reporter, msg.sender);
    }

    /// @notice Names another reporter whose readings of a meter count.
    function changeReporter(MeterId meter, address reporter) external onlyRegistrar {
        require(reporter != address(0), "the reporter is missing");
        Meter storage entry = metersById[meter];
        requireRegistered(entry.household);
        entry.reporter = reporter;
        emit ReporterChanged(meter, reporter, msg.sender);
    }

    // ---- Readings

    /// @notice Reports readings of one or many meters, each with its number and period; one wrong reading refuses them all.
    /// @param producedMwh milliwatt-hours
    /// @param consumedMwh milliwatt-hours
    function report(
        MeterId[] calldata meterIds,
        uint64[] calldata numbers,
        MeterTime[] calldata periodStarts,
        Duration[] calldata periodSeconds,
        Energy[] calldata producedMwh,
        Energy[] calldata consumedMwh
    ) external {
        uint256 count = meterIds.length;
        require(count != 0, "there is no reading");
        require(
            numbers.length == count && periodStarts.length == count && periodSeconds.length == count
                && producedMwh.length == count && consumedMwh.length == count,
            "the lists differ in length"
        );
        for (uint256 i = 0; i < count; ++i) {
            MeterReading memory reading = MeterReading({
                number: numbers[i],
                produced: producedMwh[i],
                consumed: consumedMwh[i],
                reportedAt: blockTime()
            });
            record(meterIds[i], periodStarts[i], periodSeconds[i], reading);
        }
    }

    /// @dev A meter's readings are numbered 1, 2, 3 …, of periods that follow each other and do not overlap.
    function record(MeterId meter, MeterTime start, Duration length, MeterReading memory reading) private {
        Meter storage entry = metersById[meter];
        address reporter = entry.reporter;
        requireRegistered(reporter);
        require(reporter == msg.sender, "only the meter's reporter");
        MeterTime end = requirePeriod(start, length);
        LastReading memory last = entry.last;
        uint256 expected = uint256(last.number) + 1;
        if (reading.number != expected) revert UnexpectedReadingNumber(meter, reading.number, expected);
        requireUnread(meter, start, last.readUntil);

        entry.last = LastReading({number: reading.number, readUntil: end});
        periods[meter][start][length].reading = reading;
        emit Reading(
            meter, inSeconds(start), msg.sender, reading.number, length, reading.produced, reading.consumed
        );
    }

    // ---- What anyone may read

    /// @notice Who registers meters.
    function registrars() external view returns (address first, address second) {
        return (registrarA, registrarB);
    }

    /// @notice A meter, the number of its last reading, and where that one ends on the meter's clock.
    function meters(MeterId meter)
        external
        view
        returns (address household, address reporter, uint64 lastNumber, MeterTime readUntil)
    {
        Meter memory entry = metersById[meter];
        return (entry.household, entry.reporter, entry.last.number, entry.last.readUntil);
    }

    /// @notice The reading of a period: its number, 0 when there is none, milliwatt-hours, and the block time of the report.
    function readings(MeterId meter, MeterTime periodStart, Duration periodSeconds)
        external
        view
        returns (uint64 number, Energy producedMwh, Energy consumedMwh, BlockTime reportedAt)
    {
        MeterReading memory reading = periods[meter][periodStart][periodSeconds].reading;
        return (reading.number, reading.produced, reading.consumed, reading.reportedAt);
    }

    // ---- Parts that several functions use

    /// @param holder household or reporter of a meter, which every registered one has
    function requireRegistered(address holder) internal pure {
        require(holder != address(0), "this meter is not registered");
    }

    function requirePeriod(MeterTime start, Duration length) internal pure returns (MeterTime end) {
        require(length > NO_TIME, "a period needs a length");
        uint256 endSeconds = inSeconds(start) + inSeconds(length);
        require(endSeconds <= type(uint64).max, "the period ends too late");
        return MeterTime.wrap(uint64(endSeconds));
    }

    function requireUnread(MeterId meter, MeterTime start, MeterTime readUntil) internal pure {
        if (readUntil > start) revert PeriodAlreadyRead(meter, inSeconds(start), inSeconds(readUntil));
    }
}
