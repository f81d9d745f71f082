// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {ICouncil, NO_SEAT, Seat} from "./ICouncil.sol";
import "./IMeterRegistry.sol";
import "./MeterRecords.sol";
import "./Units.sol";

/// @title Meters, their keys and their readings
/// @notice Registrars, who are the members of the council, say whose a meter is and which key its readings come from. A reading can be
///         corrected for a time, by its source together with a registrar; then it is final. Every market reads them here.
contract MeterRegistry is IMeterRegistry, MeterEvents {
    /// @dev 1 GWh in a period: no meter of a community shows more, and no sum of readings can overflow.
    uint256 private constant LARGEST_RATING_MWH = 1e12;
    uint256 private constant LARGEST_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant DOMAIN_NAME = keccak256("Wattchain MeterRegistry");
    bytes32 private constant DOMAIN_VERSION = keccak256("1");
    bytes32 private constant READING_TYPE = keccak256(
        "Reading(bytes32 meter,uint32 number,uint64 periodStart,uint64 producedMwh,uint64 consumedMwh)"
    );
    bytes32 private constant CORRECTION_TYPE = keccak256(
        "Correction(bytes32 meter,uint64 periodStart,uint32 correction,uint64 oldProducedMwh,uint64 oldConsumedMwh,uint64 newProducedMwh,uint64 newConsumedMwh)"
    );

    // Set once, like immutables: here those would be words of storage too, with longer code for every use of them, and markets
    // pay for each byte of this code.
    RegistryRules internal genesisRules;
    ICouncil private registrars;

    mapping(MeterId => Meter) internal metersById;
    /// @dev By the hash of all that was announced: meter, source, whether it is a device, rating.
    mapping(bytes32 terms => Announcement) private announcements;
    /// @dev By the start of the period in seconds: a word each, found without a hash of its own.
    mapping(MeterId => MeterReading[2 ** 64]) internal periods;

    constructor(address council_, RegistryRules memory rules_) {
        require(council_ != address(0), "the council is missing");
        require(inSeconds(rules_.resolutionSeconds) != 0, "a period needs a length");
        registrars = ICouncil(council_);
        genesisRules = rules_;
    }

    // ---- Meters

    /// @notice Registers a meter, once; it stays with its household.
    /// @param source whose readings of it count: its own key (`isDevice`), which signs them, or a reporter, who sends them
    /// @param ratingMwh most that it can show for a period
    function registerMeter(MeterId meter, address household, address source, bool isDevice, Energy ratingMwh)
        public
        virtual
    {
        requireRegistrar();
        require(MeterId.unwrap(meter) != 0, "the meter's id is missing");
        require(household != address(0), "the household is missing");
        requireSource(source, ratingMwh);
        Meter memory entry = metersById[meter];
        require(entry.household == address(0), "this meter is registered already");
        entry.household = household;
        entry.rating = ratingMwh;
        entry.isDevice = isDevice;
        entry.feed.source = source;
        entry.feed.readUntil = firstPeriod(genesisRules);
        metersById[meter] = entry;
        emit MeterRegistered(meter, household, source, isDevice, ratingMwh, msg.sender);
    }

    /// @notice Announces another source and rating of a meter. A second registrar who announces the same confirms it: then the
    ///         household cannot stop it.
    function announceSource(MeterId meter, address source, bool isDevice, Energy ratingMwh) external {
        uint8 by = uint8(Seat.unwrap(requireRegistrar()));
        requireSource(source, ratingMwh);
        requireRegistered(metersById[meter].household);
        bytes32 terms = termsOf(meter, source, isDevice, ratingMwh);
        Announcement memory made = announcements[terms];
        if (block.timestamp > appliesUntil(made)) {
            made.announcedAt = blockTime();
            made.announcedBy = by;
            made.isConfirmed = false;
        } else {
            require(made.announcedBy != by, "another registrar must confirm");
            made.isConfirmed = true;
        }
        announcements[terms] = made;
        emit SourceAnnounced(meter, source, msg.sender, isDevice, ratingMwh, made.isConfirmed);
    }

    /// @notice What was announced comes into force, from the council's notice after it on and until twice that.
    function applySource(MeterId meter, address source, bool isDevice, Energy ratingMwh) external {
        bytes32 terms = termsOf(meter, source, isDevice, ratingMwh);
        Announcement memory made = announcements[terms];
        requireAnnounced(made);
        uint256 until = appliesUntil(made);
        uint256 from = (until + inSeconds(made.announcedAt)) / 2;
        if (block.timestamp < from || block.timestamp > until) revert NotInForceNow(from, until);
        delete announcements[terms];
        Meter memory entry = metersById[meter];
        entry.feed.source = source;
        entry.isDevice = isDevice;
        entry.rating = ratingMwh;
        metersById[meter] = entry;
        emit SourceChanged(meter, source, isDevice, ratingMwh);
    }

    /// @notice Stops what was announced: a registrar, or the meter's household while it is not confirmed.
    function stopSource(MeterId meter, address source, bool isDevice, Energy ratingMwh) external {
        bytes32 terms = termsOf(meter, source, isDevice, ratingMwh);
        Announcement memory made = announcements[terms];
        requireAnnounced(made);
        if (made.isConfirmed || metersById[meter].household != msg.sender) requireRegistrar();
        delete announcements[terms];
        emit SourceStopped(meter, source, msg.sender, isDevice, ratingMwh);
    }

    // ---- Readings

    /// @notice Reports readings of meters without a device key, by their reporter; one wrong reading refuses them all.
    function report(NewReading[] calldata batch) external {
        RegistryRules memory all = genesisRules;
        require(batch.length != 0, "there is no new reading");
        for (uint256 i = 0; i < batch.length; ++i) {
            NewReading calldata reading = batch[i];
            Meter storage kept = metersById[reading.meter];
            record(all, reading, kept, kept, false, msg.sender);
        }
    }

    /// @notice Brings readings that meters have signed, by anyone; one wrong reading refuses them all. What was brought already is
    ///         passed over: else a stranger who brings one of a batch first would stop the others.
    function reportSigned(SignedReading[] calldata batch) external {
        RegistryRules memory all = genesisRules;
        bytes32 domain = domainSeparator();
        bool isAnyNew;
        for (uint256 i = 0; i < batch.length; ++i) {
            SignedReading calldata signed = batch[i];
            Meter storage kept = metersById[signed.reading.meter];
            Meter memory entry = kept;
            if (signed.reading.number > entry.feed.lastNumber) {
                bytes32 content = keccak256(abi.encode(READING_TYPE, signed.reading));
                record(all, signed.reading, kept, entry, true, signerOf(domain, content, signed.signature));
                isAnyNew = true;
            }
        }
        require(isAnyNew, "there is no new reading");
    }

    /// @dev A meter's readings are numbered 1, 2, 3 …, of periods that follow each other.
    /// @param kept its meter, and `entry` what that says
    /// @param by who sent or signed it
    function record(
        RegistryRules memory all,
        NewReading calldata reading,
        Meter storage kept,
        Meter memory entry,
        bool isSigned,
        address by
    ) private {
        MeterId meter = reading.meter;
        Feed memory feed = entry.feed;
        requireRegistered(entry.household);
        require(entry.isDevice == isSigned, "this meter reports another way");
        if (feed.source != by) revert WrongSigner(meter, by, feed.source);
        uint32 number = reading.number;
        uint256 expected = uint256(feed.lastNumber) + 1;
        if (number != expected) revert UnexpectedReadingNumber(meter, number, expected);
        MeterTime start = reading.periodStart;
        uint256 end = requirePeriod(all, start);
        if (feed.readUntil > start) revert PeriodAlreadyRead(meter, inSeconds(start), inSeconds(feed.readUntil));
        uint256 latest = inSeconds(marketNow(all)) + inSeconds(all.readingLeadSeconds);
        if (end > latest) revert ReadingTooEarly(meter, end, latest);
        Energy produced = reading.producedMwh;
        Energy consumed = reading.consumedMwh;
        requireRated(meter, produced, consumed, entry.rating);

        feed.lastNumber = number;
        feed.readUntil = MeterTime.wrap(uint64(end));
        kept.feed = feed;
        MeterReading memory made;
        made.produced = produced;
        made.consumed = consumed;
        made.reportedAt = blockTime();
        made.number = number;
        periods[meter][inSeconds(start)] = made;
        emit Reading(meter, start, by, number, produced, consumed);
    }

    /// @notice Corrects a reading that is not final, or brings the one of a period that was skipped (its old values are 0). By anyone
    ///         who has the signatures of the meter's source and of a registrar.
    function correct(Correction memory change, Signature calldata bySource, Signature calldata byRegistrar) external {
        RegistryRules memory all = genesisRules;
        MeterId meter = change.meter;
        MeterTime start = change.periodStart;
        Meter memory entry = metersById[meter];
        requireRegistered(entry.household);
        requirePeriod(all, start);
        MeterReading memory reading = periods[meter][inSeconds(start)];
        if (!isThere(reading)) {
            require(entry.feed.readUntil > start, "this period was not skipped");
            reading.reportedAt = blockTime();
        } else {
            uint256 from = finalFrom(all, reading);
            if (from <= block.timestamp) revert ReadingIsFinal(meter, inSeconds(start), from);
        }
        if (
            change.correction != reading.corrections || !(change.oldProducedMwh == reading.produced)
                || !(change.oldConsumedMwh == reading.consumed)
        ) revert AnotherReading(meter, reading.corrections, inMwh(reading.produced), inMwh(reading.consumed));
        requireRated(meter, change.newProducedMwh, change.newConsumedMwh, entry.rating);
        address source = entry.feed.source;
        address registrar = requireSigned(change, source, bySource, byRegistrar);
        emit Corrected(
            meter,
            start,
            registrar,
            source,
            reading.produced,
            reading.consumed,
            change.newProducedMwh,
            change.newConsumedMwh
        );
        reading.produced = change.newProducedMwh;
        reading.consumed = change.newConsumedMwh;
        reading.corrections += 1;
        periods[meter][inSeconds(start)] = reading;
    }

    /// @dev Two different keys: a source that is a registrar's own key needs another registrar.
    function requireSigned(
        Correction memory change,
        address source,
        Signature calldata bySource,
        Signature calldata byRegistrar
    ) private view returns (address registrar) {
        bytes32 domain = domainSeparator();
        bytes32 content = keccak256(abi.encode(CORRECTION_TYPE, change));
        address signer = signerOf(domain, content, bySource);
        if (signer != source) revert WrongSigner(change.meter, signer, source);
        registrar = signerOf(domain, content, byRegistrar);
        require(registrar != source && registrars.seatOf(registrar) != NO_SEAT, "no registrar has signed it");
    }

    // ---- What anyone may read

    /// @notice Who registers meters: the members of this council.
    function council() external view returns (address) {
        return address(registrars);
    }

    /// @notice What the genesis has decided, in seconds: length of a period, time for corrections, lead of readings, offset of market time.
    function rules() external view returns (RegistryRules memory) {
        return genesisRules;
    }

    /// @notice Market time: block time and the offset of the genesis.
    function marketTime() external view returns (MeterTime) {
        return marketNow(genesisRules);
    }

    /// @notice Whose a meter is (0: not registered), until when it was read, and the most that it can show for a period.
    function meterOf(MeterId meter) external view returns (address household, MeterTime readUntil, Energy ratingMwh) {
        Meter memory entry = metersById[meter];
        household = entry.household;
        readUntil = entry.feed.readUntil;
        ratingMwh = entry.rating;
    }

    /// @notice A meter as it is kept: whose it is, where its readings come from, the number of the last one and where that one ends.
    function meters(MeterId meter) external view returns (Meter memory) {
        return metersById[meter];
    }

    /// @notice An announcement as it is kept: when it was made (0: it was not, or was applied or stopped), by which seat, and whether
    ///         another one has confirmed it.
    function announcedSource(MeterId meter, address source, bool isDevice, Energy ratingMwh)
        external
        view
        returns (Announcement memory)
    {
        return announcements[termsOf(meter, source, isDevice, ratingMwh)];
    }

    /// @notice As `meterOf`, and of one of its periods the block times at which it begins and from which on it can be read.
    ///         Refuses a start at which no period begins.
    function periodOf(MeterId meter, MeterTime periodStart)
        external
        view
        returns (address household, MeterTime readUntil, Energy ratingMwh, int256 beginsAt, int256 readableFrom)
    {
        Meter memory entry = metersById[meter];
        RegistryRules memory all = genesisRules;
        household = entry.household;
        readUntil = entry.feed.readUntil;
        ratingMwh = entry.rating;
        int256 end = int256(requirePeriod(all, periodStart)) - all.marketTimeOffset;
        beginsAt = end - int256(inSeconds(all.resolutionSeconds));
        readableFrom = end - int256(inSeconds(all.readingLeadSeconds));
    }

    /// @notice The reading of a period, and whose the meter is. A final one changes no more.
    function readingOf(MeterId meter, MeterTime periodStart)
        external
        view
        returns (address household, bool isThere_, bool isFinal_, Energy producedMwh, Energy consumedMwh)
    {
        MeterReading memory reading = periods[meter][inSeconds(periodStart)];
        household = metersById[meter].household;
        isThere_ = isThere(reading);
        isFinal_ = isThere_ && finalFrom(genesisRules, reading) <= block.timestamp;
        producedMwh = reading.produced;
        consumedMwh = reading.consumed;
    }

    /// @notice The reading of a period as it is kept: block time of its report (0: none), its number (0: it came by a correction), how
    ///         often it was corrected.
    function readings(MeterId meter, MeterTime periodStart) external view returns (MeterReading memory) {
        return periods[meter][inSeconds(periodStart)];
    }

    // ---- Parts that several functions use

    function requireRegistrar() internal view returns (Seat seat) {
        seat = registrars.seatOf(msg.sender);
        require(seat != NO_SEAT, "only a registrar may do this");
    }

    function requireSource(address source, Energy rating) private pure {
        require(source != address(0), "the source is missing");
        require(inMwh(rating) != 0 && inMwh(rating) <= LARGEST_RATING_MWH, "a rating is 1 mWh to 1 GWh");
    }

    function requireRegistered(address household) internal pure {
        require(household != address(0), "this meter is not registered");
    }

    function termsOf(MeterId meter, address source, bool isDevice, Energy rating) private pure returns (bytes32) {
        return keccak256(abi.encode(meter, source, isDevice, rating));
    }

    function requireAnnounced(Announcement memory made) private pure {
        require(inSeconds(made.announcedAt) != 0, "this source is not announced");
    }

    /// @dev Twice the notice after the announcement; 0 where there is none.
    function appliesUntil(Announcement memory made) private view returns (uint256) {
        uint256 at = inSeconds(made.announcedAt);
        return at == 0 ? 0 : at + 2 * inSeconds(registrars.noticeSeconds());
    }

    /// @return end of the period that begins then
    function requirePeriod(RegistryRules memory all, MeterTime start) internal pure returns (uint256 end) {
        uint256 resolution = inSeconds(all.resolutionSeconds);
        if (inSeconds(start) % resolution != 0) revert NotAPeriod(inSeconds(start), resolution);
        return inSeconds(start) + resolution;
    }

    function requireRated(MeterId meter, Energy produced, Energy consumed, Energy rating) internal pure {
        Energy larger = produced > consumed ? produced : consumed;
        if (larger > rating) revert BeyondRating(meter, inMwh(larger), inMwh(rating));
    }

    function marketNow(RegistryRules memory all) internal view returns (MeterTime) {
        int256 time = int256(block.timestamp) + all.marketTimeOffset;
        return MeterTime.wrap(time > 0 ? uint64(uint256(time)) : 0);
    }

    /// @dev Where the readings of a meter begin that is registered now: as far back as they may lead ahead.
    function firstPeriod(RegistryRules memory all) private view returns (MeterTime) {
        uint256 now_ = inSeconds(marketNow(all));
        uint256 lead = inSeconds(all.readingLeadSeconds);
        uint256 from = now_ > lead ? now_ - lead : 0;
        return MeterTime.wrap(uint64(from - from % inSeconds(all.resolutionSeconds)));
    }

    function isThere(MeterReading memory reading) internal pure returns (bool) {
        return inSeconds(reading.reportedAt) != 0;
    }

    function finalFrom(RegistryRules memory all, MeterReading memory reading) internal pure returns (uint256) {
        return inSeconds(reading.reportedAt) + inSeconds(all.correctionSeconds);
    }

    /// @dev Computed each time, as chain and address are not known when a genesis is made.
    function domainSeparator() private view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this)));
    }

    /// @dev Who has signed this content (EIP-712); 0 where nobody has. Of the two forms of a signature the one with a low s counts.
    function signerOf(bytes32 domain, bytes32 content, Signature calldata signature) private pure returns (address) {
        uint256 vs = uint256(signature.vs);
        uint256 s = (vs << 1) >> 1;
        require(s <= LARGEST_S, "the signature's s is too high");
        bytes32 digest = keccak256(abi.encodePacked(bytes2(0x1901), domain, content));
        return ecrecover(digest, uint8(27 + (vs >> 255)), signature.r, bytes32(s));
    }
}
