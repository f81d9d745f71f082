// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./ICommunityRegistry.sol";
import "./MeterRegistry.sol";

/// @dev What a meter measured in periods that follow each other; a word has what was produced in bits 64 to 127, what was consumed below,
///      both in mWh. The first reading has the number `firstNumber`.
struct ReadingSeries {
    MeterId meter;
    uint32 firstNumber;
    MeterTime from;
    uint256[] readings;
}

/// @title The registry of a community whose bills are settled on the chain
/// @notice A registry of meters that names the supplier and the grid operator, says first of all which input the community's readings come
///         from, takes readings of many periods at once, and gives them to markets so.
contract CommunityRegistry is MeterRegistry {
    /// @notice Who sells what the community lacks, buys what it has left, and posts tariffs.
    address public immutable supplier;
    /// @notice Whose the grid is, and who posts its fees.
    address public immutable gridOperator;
    /// @notice Names the input of the community: a hash over the hashes of its files; 0 until a registrar has said it.
    bytes32 public description;

    event Described(bytes32 inputs);
    event ReadingsReported(
        MeterId indexed meter, MeterTime indexed from, address indexed source, uint32 firstNumber, uint256[] readings
    );

    constructor(address council_, RegistryRules memory rules_, address supplier_, address gridOperator_)
        MeterRegistry(council_, rules_)
    {
        require(supplier_ != address(0), "the supplier is missing");
        require(gridOperator_ != address(0) && gridOperator_ != supplier_, "a grid operator of its own is missing");
        supplier = supplier_;
        gridOperator = gridOperator_;
    }

    /// @notice A registrar says which input the community's readings come from, once, before the first meter is registered.
    /// @param inputs a hash over the hashes of the files
    function describe(bytes32 inputs) external {
        requireRegistrar();
        require(inputs != 0, "the input's hash is missing");
        require(description == 0, "the input is described already");
        description = inputs;
        emit Described(inputs);
    }

    /// @notice Registers a meter, once; it stays with its household.
    /// @param source whose readings of it count: its own key (`isDevice`), which signs them, or a reporter, who sends them
    /// @param ratingMwh most that it can show for a period
    function registerMeter(MeterId meter, address household, address source, bool isDevice, Energy ratingMwh)
        public
        override
    {
        require(description != 0, "the input is not described yet");
        super.registerMeter(meter, household, source, isDevice, ratingMwh);
    }

    /// @notice Reports readings of meters without a device key, many periods of each, by their reporter; one wrong reading refuses them all.
    function reportSeries(ReadingSeries[] calldata batch) external {
        RegistryRules memory all = genesisRules;
        require(batch.length != 0, "there is no new reading");
        for (uint256 i = 0; i < batch.length; ++i) recordSeries(all, batch[i]);
    }

    // ---- What anyone may read

    /// @notice Supplier, grid operator and the rules of the registry, in one call.
    function terms() external view returns (address, address, RegistryRules memory) {
        return (supplier, gridOperator, genesisRules);
    }

    /// @notice Readings of `count` periods that follow each other, of all meters in the order of the periods: that of meter m in period k
    ///         stands at `k · meters.length + m`. A word has what was produced (mWh) in its highest 64 bits, what was consumed in the
    ///         next 64, whether it is final in bit 1, whether there is one in bit 0.
    function readingsOf(MeterTime from, uint256 count, MeterId[] calldata ofMeters)
        external
        view
        returns (uint256[] memory packed)
    {
        RegistryRules memory all = genesisRules;
        requirePeriod(all, from);
        uint256 step = inSeconds(all.resolutionSeconds);
        int256 finalAt = int256(block.timestamp) - int256(inSeconds(all.correctionSeconds));
        uint256 size = ofMeters.length;
        packed = new uint256[](count * size);
        for (uint256 m = 0; m < size; ++m) {
            MeterReading[2 ** 64] storage ofMeter = periods[ofMeters[m]];
            uint256 start = inSeconds(from);
            for (uint256 at = m; at < packed.length; at += size) {
                // Not copied to memory: the fields are one word of storage, which is read once.
                MeterReading storage reading = ofMeter[start];
                uint256 reportedAt = BlockTime.unwrap(reading.reportedAt);
                if (reportedAt != 0) {
                    packed[at] = (uint256(Energy.unwrap(reading.produced)) << PRODUCED_SHIFT)
                        | (uint256(Energy.unwrap(reading.consumed)) << CONSUMED_SHIFT)
                        | (int256(reportedAt) <= finalAt ? READING_IS_THERE | READING_IS_FINAL : READING_IS_THERE);
                }
                start += step;
            }
        }
    }

    // ---- Parts that several functions use

    /// @dev As `record` does for one reading.
    function recordSeries(RegistryRules memory all, ReadingSeries calldata series) private {
        MeterId meter = series.meter;
        Meter storage kept = metersById[meter];
        Meter memory entry = kept;
        Feed memory feed = entry.feed;
        requireRegistered(entry.household);
        require(!entry.isDevice, "this meter reports another way");
        if (feed.source != msg.sender) revert WrongSigner(meter, msg.sender, feed.source);
        uint256 count = series.readings.length;
        require(count != 0, "there is no new reading");
        uint256 expected = uint256(feed.lastNumber) + 1;
        if (series.firstNumber != expected) revert UnexpectedReadingNumber(meter, series.firstNumber, expected);
        MeterTime from = series.from;
        requirePeriod(all, from);
        if (feed.readUntil > from) revert PeriodAlreadyRead(meter, inSeconds(from), inSeconds(feed.readUntil));
        uint256 step = inSeconds(all.resolutionSeconds);
        uint256 end = inSeconds(from) + count * step;
        uint256 latest = inSeconds(marketNow(all)) + inSeconds(all.readingLeadSeconds);
        if (end > latest) revert ReadingTooEarly(meter, end, latest);
        feed.lastNumber = uint32(expected + count - 1);
        feed.readUntil = MeterTime.wrap(uint64(end));
        kept.feed = feed;
        MeterReading memory made;
        made.reportedAt = blockTime();
        for (uint256 k = 0; k < count; ++k) {
            uint256 word = series.readings[k];
            require(word >> 128 == 0, "a reading has two numbers of 64 bits");
            made.produced = Energy.wrap(uint64(word >> 64));
            made.consumed = Energy.wrap(uint64(word));
            made.number = uint32(expected + k);
            requireRated(meter, made.produced, made.consumed, entry.rating);
            periods[meter][inSeconds(from) + k * step] = made;
        }
        emit ReadingsReported(meter, from, msg.sender, series.firstNumber, series.readings);
    }
}
