#!/usr/bin/env python3
"""Writes pow.json, difficulty.json, stateTree.json and history.json beside this file.

An independent, slow reading of docs/protocol.md with nothing but Python's hashlib and integers:
    python3 test/vectors/coreVectors.py
"""
import hashlib
import json
import os
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
MADE_BY = "test/vectors/coreVectors.py"


def sha256(data):
    return hashlib.sha256(data).digest()


def label(text):
    return sha256(text.encode())


def hexa(data):
    return "0x" + data.hex()


def write(name, content):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        json.dump({"madeBy": MADE_BY, **content}, file, indent=2)
        file.write("\n")


# Proof of work ------------------------------------------------------------------------------------------------

TAG = b"Wattchain proof of work: block one, then nonces."
assert len(TAG) == 48


def pow_hash(seal_hash, extra_nonce, header_nonce):
    block1 = seal_hash + extra_nonce.to_bytes(8, "big") + bytes(24)
    digest = sha256(block1 + TAG + header_nonce.to_bytes(4, "big"))
    return digest, b"".join(digest[i : i + 4] for i in range(28, -1, -4))


def first_solution(seal_hash, target, extra_start, midstates):
    tries = 0
    for header_nonce in range(2**32):
        for extra_nonce in range(extra_start, extra_start + midstates):
            tries += 1
            if int.from_bytes(pow_hash(seal_hash, extra_nonce, header_nonce)[1], "big") <= target:
                return extra_nonce, header_nonce, tries


def pow_vectors():
    hashes = []
    for i, (extra_nonce, header_nonce) in enumerate(
        [(0, 0), (1, 0), (0, 1), (2**64 - 1, 2**32 - 1), (0x0123456789ABCDEF, 0x89ABCDEF), (7, 0x80000000)]
    ):
        seal_hash = bytes(32) if i == 0 else label("seal %d" % i)
        digest, block_hash = pow_hash(seal_hash, extra_nonce, header_nonce)
        hashes.append(
            {
                "sealHash": hexa(seal_hash),
                "extraNonce": str(extra_nonce),
                "headerNonce": header_nonce,
                "digest": hexa(digest),
                "blockHash": hexa(block_hash),
            }
        )
    searches = []
    for i, (bits, extra_start, midstates) in enumerate([(4, 0, 1), (8, 5, 3), (12, 2**40, 8), (14, 2**64 - 2, 2)]):
        seal_hash = label("search %d" % i)
        target = 2 ** (256 - bits) - 1
        extra_nonce, header_nonce, tries = first_solution(seal_hash, target, extra_start, midstates)
        searches.append(
            {
                "sealHash": hexa(seal_hash),
                "target": str(target),
                "extraNonceStart": str(extra_start),
                "midstateCount": midstates,
                "extraNonce": str(extra_nonce),
                "headerNonce": header_nonce,
                "tries": tries,
            }
        )
    write("pow.json", {"hashes": hashes, "searches": searches})


# Difficulty ---------------------------------------------------------------------------------------------------


def floor(fraction):
    return fraction.numerator // fraction.denominator


def truncate(fraction):
    return floor(fraction) if fraction >= 0 else -floor(-fraction)


def asert_target(first, largest, interval, half_life, active, height):
    """Over exact fractions, so that no shift or sign convention is shared with the code under test."""
    e = truncate(Fraction((active - interval * height) * 65536, half_life))
    s = floor(Fraction(e, 65536))
    f = e - s * 65536
    k = floor(Fraction(195766423245049 * f + 971821376 * f**2 + 5127 * f**3 + 2**47, 2**48)) + 65536
    target = floor(Fraction(first * k) * Fraction(2) ** s / 65536)
    return max(1, min(largest, target))


def difficulty_chain(name, first, largest, interval, half_life, gaps):
    height, time, active, rows = 0, 1_700_000_000_000, 0, []
    for gap in [None] + gaps:
        if gap is not None:
            # The first block counts one interval, whenever it comes.
            counted = interval if height == 0 else min(gap, 10 * interval)
            height, time, active = height + 1, time + gap, active + counted
        target = asert_target(first, largest, interval, half_life, active, height)
        rows.append(
            {
                "height": height,
                "timestampMs": time,
                "activeMs": active,
                "nextTarget": str(target),
                "work": str(floor(Fraction(2**256, target + 1))),
            }
        )
    return {
        "name": name,
        "firstTarget": str(first),
        "largestTarget": str(largest),
        "blockIntervalMs": interval,
        "halfLifeMs": half_life,
        "rows": rows,
    }


def difficulty_vectors():
    noise = [int.from_bytes(label("gap %d" % i)[:4], "big") % 4000 + 1 for i in range(60)]
    write(
        "difficulty.json",
        {
            "chains": [
                difficulty_chain("random gaps", 2**240 - 1, 2**255 - 1, 1000, 36_000, noise),
                difficulty_chain("a night asleep", 2**240 - 1, 2**255 - 1, 1000, 36_000, [900, 28_800_000, 9_999, 10_000, 10_001, 1]),
                difficulty_chain("up to the largest target", 2**240, 2**242, 2000, 72_000, [20_000] * 12),
                difficulty_chain("down to 1", 40, 2**255, 15_000, 16_000, [1] * 8),
                difficulty_chain("an odd half-life", 3**150, 2**256 - 1, 1500, 12_347, [1, 4_000, 700, 15_000, 3, 1_501, 1_499, 14_999]),
            ]
        },
    )


# State tree ---------------------------------------------------------------------------------------------------


def tree_root(leaves, depth=0):
    """leaves: {tree key: value hash}"""
    if not leaves:
        return bytes(32)
    if len(leaves) == 1:
        ((key, value_hash),) = leaves.items()
        return sha256(b"\x00" + key + value_hash)
    sides = [{}, {}]
    for key, value_hash in leaves.items():
        sides[int.from_bytes(key, "big") >> (255 - depth) & 1][key] = value_hash
    return sha256(b"\x01" + tree_root(sides[0], depth + 1) + tree_root(sides[1], depth + 1))


def state_vectors():
    states = []
    for size in [0, 1, 2, 3, 10, 40]:
        values = []
        for i in range(size):
            address = label("address %d" % (i // 3))[:20]
            if i % 3 == 0:
                balance = int.from_bytes(label("balance %d" % i)[: i % 32], "big") + 1
                code_hash = label("code %d" % i) if i % 2 else bytes(32)
                key, place = b"\x61" + address, address
                value = i.to_bytes(8, "big") + balance.to_bytes(32, "big") + code_hash
                account = {
                    "address": hexa(address),
                    "nonce": i,
                    "balance": str(balance),
                    "codeHash": hexa(code_hash) if i % 2 else None,
                }
                values.append({"account": account, "key": hexa(key), "value": hexa(value), "treeKey": hexa(sha256(place))})
            else:
                slot = int.from_bytes(label("slot %d" % i), "big") if i % 2 else i
                word = int.from_bytes(label("word %d" % i), "big")
                place = address + slot.to_bytes(32, "big")
                storage = {"address": hexa(address), "slot": str(slot), "word": str(word)}
                values.append(
                    {
                        "storage": storage,
                        "key": hexa(b"\x73" + place),
                        "value": hexa(word.to_bytes(32, "big")),
                        "treeKey": hexa(sha256(place)),
                    }
                )
        leaves = {bytes.fromhex(v["treeKey"][2:]): sha256(bytes.fromhex(v["value"][2:])) for v in values}
        states.append({"root": hexa(tree_root(leaves)), "values": values})
    write("stateTree.json", {"states": states})


# History ------------------------------------------------------------------------------------------------------


def history_node(node):
    block_or_node_hash, work, active_ms = node
    return block_or_node_hash + work.to_bytes(32, "big") + active_ms.to_bytes(8, "big")


def history_pair(left, right):
    return sha256(b"\x01" + history_node(left) + history_node(right)), left[1] + right[1], left[2] + right[2]


def mountain(blocks):
    """blocks: a power of two of (block hash, work, active ms)"""
    if len(blocks) == 1:
        return sha256(b"\x00" + history_node(blocks[0])), blocks[0][1], blocks[0][2]
    middle = len(blocks) // 2
    return history_pair(mountain(blocks[:middle]), mountain(blocks[middle:]))


def history_top(blocks):
    """All mountains, the largest first, joined from the oldest to the newest."""
    top, start = None, 0
    for bit in reversed(range(32)):
        size = 2**bit
        if len(blocks) & size:
            peak = mountain(blocks[start : start + size])
            top = peak if top is None else history_pair(top, peak)
            start += size
    return (bytes(32), 0, 0) if top is None else top


def history_vectors():
    blocks = []
    for i in range(70):
        work = 0 if i == 0 else int.from_bytes(label("work %d" % i)[: 1 + i % 31], "big") + 1
        active_ms = 0 if i == 0 else int.from_bytes(label("active %d" % i)[:4], "big")
        blocks.append((label("block %d" % i), work, active_ms))
    rows = []
    for i, (block_hash, work, active_ms) in enumerate(blocks):
        root, total, clock = history_top(blocks[:i])
        rows.append(
            {
                "historyRoot": hexa(root),
                "workBefore": str(total),
                "activeMsBefore": clock,
                "blockHash": hexa(block_hash),
                "work": str(work),
                "activeMs": active_ms,
            }
        )
    write("history.json", {"blocks": rows})


pow_vectors()
difficulty_vectors()
state_vectors()
history_vectors()
