// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./CouncilRecords.sol";
import "./ICouncil.sol";
import "./Units.sol";

/// @title The community's council
/// @notice Whose keys act for its seats: operators of the bank, registrars of meters, who sets the market's grid price. A key that
///         was lost or stolen is changed by a majority of the other members, or by the recovery key after a notice; until that
///         decision a veto freezes the power of both keys.
contract Council is ICouncil, CouncilEvents {
    uint256 private constant MOST_SEATS = 16;
    /// @dev Longest notice: nobody should wait longer for what was agreed.
    uint256 private constant LONGEST_NOTICE = 90 days;
    /// @dev Stands for the recovery key where a change names a seat.
    uint8 private constant RECOVERY = 0;

    /// @notice Seconds between what the council announces and its coming into force.
    Duration public immutable noticeSeconds;
    /// @notice Decides on changes of keys after a notice; 0: there is none.
    address public recoveryKey;

    /// @dev The key of seat n at n − 1.
    address[] private keys;
    mapping(address key => KeyPower) private powers;
    mapping(address oldKey => mapping(address newKey => KeyChange)) private changes;

    /// @param members keys of seats 1, 2, 3 …
    /// @param recovery key that owns nothing else; must be given when there are two members
    constructor(address[] memory members, address recovery, Duration notice) {
        uint256 count = members.length;
        require(count >= 2 && count <= MOST_SEATS, "a council has 2 to 16 members");
        require(count > 2 || recovery != address(0), "two members need a recovery key");
        require(inSeconds(notice) > 0 && inSeconds(notice) <= LONGEST_NOTICE, "a notice is 1 second to 90 days");
        for (uint256 i = 0; i < count; ++i) {
            require(members[i] != address(0), "a member's key is missing");
            require(powers[members[i]].seat == 0, "the members must differ");
            require(members[i] != recovery, "the recovery key is no member's");
            powers[members[i]].seat = uint8(i + 1);
            keys.push(members[i]);
        }
        recoveryKey = recovery;
        noticeSeconds = notice;
    }

    // ---- Changing keys

    /// @notice Asks that another key act for the seat of `oldKey`, or for the recovery key. A member's request for another's key
    ///         is its approval.
    function requestKeyChange(address oldKey, address newKey) external {
        uint8 seat = powers[oldKey].seat;
        address recovery = recoveryKey;
        require(seat != RECOVERY || (oldKey == recovery && oldKey != address(0)), "this key is no member's");
        uint8 caller = powers[msg.sender].seat;
        require(caller != 0 || isRecovery(recovery), "only members and recovery key");
        requireFree(newKey);
        require(changes[oldKey][newKey].state != KeyChangeState.Open, "this change is requested already");
        BlockTime requestedAt = blockTime();
        changes[oldKey][newKey] = KeyChange({
            requestedBy: msg.sender,
            requestedAt: requestedAt,
            seat: seat,
            state: KeyChangeState.Open,
            isVetoed: false,
            approvals: 0,
            rejections: 0
        });
        emit KeyChangeRequested(oldKey, newKey, msg.sender, requestedAt);
        if (caller != 0 && caller != seat) voteOf(caller, oldKey, newKey, true);
    }

    /// @notice Approves or rejects a change, by a member whose key it does not change, or by the recovery key: it rejects at any
    ///         time and approves after the notice. A member may change its vote.
    /// @param requestedAt block time of the request that is meant
    function voteOnKeyChange(address oldKey, address newKey, BlockTime requestedAt, bool approve) external {
        KeyChange memory change = openChange(oldKey, newKey, requestedAt);
        uint8 caller = powers[msg.sender].seat;
        if (caller != 0) {
            require(caller != change.seat, "the others vote on your key");
            voteOf(caller, oldKey, newKey, approve);
            return;
        }
        require(isRecovery(recoveryKey), "only members and recovery key");
        require(change.seat != RECOVERY, "only members vote on this key");
        uint256 from = recoveryMayApproveFrom(change);
        if (approve && block.timestamp < from) revert RecoveryMustWait(from);
        emit KeyChangeVoted(oldKey, newKey, msg.sender, requestedAt, approve);
        close(oldKey, newKey, change, approve);
    }

    /// @notice Freezes the power of both keys until the change is decided, once for a change.
    function vetoKeyChange(address oldKey, address newKey, BlockTime requestedAt) external {
        KeyChange memory change = openChange(oldKey, newKey, requestedAt);
        require(powers[msg.sender].seat != 0 || isRecovery(recoveryKey), "only members and recovery key");
        require(msg.sender != change.requestedBy, "you have requested this change");
        require(!change.isVetoed, "this change is vetoed already");
        change.isVetoed = true;
        changes[oldKey][newKey] = change;
        powers[oldKey].freezes += 1;
        powers[newKey].freezes += 1;
        emit KeyChangeVetoed(oldKey, newKey, msg.sender, requestedAt);
    }

    function voteOf(uint8 voter, address oldKey, address newKey, bool approve) private {
        KeyChange memory change = changes[oldKey][newKey];
        uint16 bit = uint16(1) << (voter - 1);
        change.approvals = approve ? change.approvals | bit : change.approvals & ~bit;
        change.rejections = approve ? change.rejections & ~bit : change.rejections | bit;
        changes[oldKey][newKey] = change;
        emit KeyChangeVoted(oldKey, newKey, msg.sender, change.requestedAt, approve);
        uint256 needed = majority(change);
        if (votes(change.rejections) >= needed) {
            close(oldKey, newKey, change, false);
        } else if (membersDecide(change) && votes(change.approvals) >= needed) {
            close(oldKey, newKey, change, true);
        }
    }

    function close(address oldKey, address newKey, KeyChange memory change, bool approved) private {
        change.state = approved ? KeyChangeState.InForce : KeyChangeState.Ended;
        changes[oldKey][newKey] = change;
        if (change.isVetoed) {
            powers[oldKey].freezes -= 1;
            powers[newKey].freezes -= 1;
        }
        if (!approved) {
            emit KeyChangeEnded(oldKey, newKey, change.requestedAt);
            return;
        }
        // Meanwhile another change may have taken the place of the old key, or the new key.
        requireFree(newKey);
        if (change.seat == RECOVERY) {
            require(oldKey == recoveryKey, "this key is no member's");
            recoveryKey = newKey;
        } else {
            require(powers[oldKey].seat == change.seat, "this key is no member's");
            powers[oldKey].seat = 0;
            powers[newKey].seat = change.seat;
            keys[change.seat - 1] = newKey;
        }
        emit KeyChanged(oldKey, newKey, Seat.wrap(change.seat), change.requestedAt);
    }

    // ---- What anyone may read

    /// @notice The seat that a key acts for; 0 for a key that has none, and for one whose power is frozen by a veto.
    function seatOf(address key) external view returns (Seat) {
        KeyPower memory power = powers[key];
        return power.freezes == 0 ? Seat.wrap(power.seat) : NO_SEAT;
    }

    /// @notice Whether a veto freezes a key's power.
    function isFrozen(address key) external view returns (bool) {
        return powers[key].freezes != 0;
    }

    /// @notice The key of a seat, frozen or not.
    function memberAt(Seat seat) external view returns (address) {
        uint256 number = Seat.unwrap(seat);
        require(number != 0 && number <= keys.length, "there is no such seat");
        return keys[number - 1];
    }

    /// @notice Seats are numbered from 1 to it.
    function seatCount() external view returns (uint256) {
        return keys.length;
    }

    /// @notice The latest request of a change of keys: its seat (0: the recovery key), votes (a bit for each seat, the lowest for
    ///         seat 1), how many of them decide, from which block time on the recovery key may approve (0: never), and its state:
    ///         1 open, 2 in force, 3 ended without.
    function keyChange(address oldKey, address newKey)
        external
        view
        returns (
            address requestedBy,
            BlockTime requestedAt,
            Seat seat,
            uint16 approvals,
            uint16 rejections,
            uint256 needed,
            bool isVetoed,
            uint256 recoveryMayDecideFrom,
            KeyChangeState state
        )
    {
        KeyChange memory change = changes[oldKey][newKey];
        requestedBy = change.requestedBy;
        requestedAt = change.requestedAt;
        seat = Seat.wrap(change.seat);
        approvals = change.approvals;
        rejections = change.rejections;
        needed = majority(change);
        isVetoed = change.isVetoed;
        bool hasRecovery = recoveryKey != address(0) && change.seat != RECOVERY;
        recoveryMayDecideFrom = hasRecovery ? recoveryMayApproveFrom(change) : 0;
        state = change.state;
    }

    // ---- Parts that several functions use

    function openChange(address oldKey, address newKey, BlockTime requestedAt)
        private
        view
        returns (KeyChange memory change)
    {
        change = changes[oldKey][newKey];
        require(change.state == KeyChangeState.Open, "this change is not open");
        if (BlockTime.unwrap(change.requestedAt) != BlockTime.unwrap(requestedAt)) {
            revert AnotherRequest(requestedAt, change.requestedAt);
        }
    }

    function isRecovery(address recovery) private view returns (bool) {
        return msg.sender == recovery;
    }

    /// @dev A key acts for one seat only, and the recovery key for none.
    function requireFree(address newKey) private view {
        require(newKey != address(0), "the new key is missing");
        require(powers[newKey].seat == 0 && newKey != recoveryKey, "the new key has a seat already");
    }

    function recoveryMayApproveFrom(KeyChange memory change) private view returns (uint256) {
        return BlockTime.unwrap(change.requestedAt) + inSeconds(noticeSeconds);
    }

    /// @dev More than half of those who may vote: all members but the one whose key it is.
    function majority(KeyChange memory change) private view returns (uint256) {
        uint256 voters = change.seat == RECOVERY ? keys.length : keys.length - 1;
        return voters / 2 + 1;
    }

    /// @dev With two members one alone would take the other's seat; so there the recovery key approves.
    function membersDecide(KeyChange memory change) private view returns (bool) {
        return change.seat == RECOVERY || keys.length > 2;
    }

    function votes(uint16 bits) private pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) {
            ++count;
        }
    }
}
