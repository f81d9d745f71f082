// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Seat} from "./ICouncil.sol";
import "./Units.sol";

// What the council keeps, and what it tells.

enum KeyChangeState {
    None,
    Open,
    InForce,
    Ended
}

/// @dev What a key may do: its seat (0: none), and how many vetoes freeze it.
struct KeyPower {
    uint8 seat;
    uint64 freezes;
}

/// @dev A seat's new key for its old one; seat 0 stands for the recovery key. Votes are a bit for each seat, the lowest for seat 1.
struct KeyChange {
    address requestedBy;
    BlockTime requestedAt;
    uint8 seat;
    KeyChangeState state;
    bool isVetoed;
    // ----
    uint16 approvals;
    uint16 rejections;
}

/// @dev What the council tells; and refuses, with the numbers.
interface CouncilEvents {
    event KeyChangeRequested(
        address indexed oldKey, address indexed newKey, address indexed requestedBy, BlockTime requestedAt
    );
    event KeyChangeVoted(
        address indexed oldKey, address indexed newKey, address indexed voter, BlockTime requestedAt, bool approves
    );
    event KeyChangeVetoed(
        address indexed oldKey, address indexed newKey, address indexed vetoedBy, BlockTime requestedAt
    );
    event KeyChanged(address indexed oldKey, address indexed newKey, Seat indexed seat, BlockTime requestedAt);
    event KeyChangeEnded(address indexed oldKey, address indexed newKey, BlockTime requestedAt);

    error AnotherRequest(BlockTime got, BlockTime expected);
    error RecoveryMustWait(uint256 until);
}
