"""Keccak-256, EIP-712 digests and the address that signed, with nothing but Python's integers."""

# Keccak-256 (FIPS 202 with the padding of the first submission) -------------------------------------------------

MASK = 2**64 - 1


def rotated(word, bits):
    bits %= 64
    return ((word << bits) | (word >> (64 - bits))) & MASK


def keccak_f(lanes):
    """lanes: 25 words, lane (x, y) at x + 5 y."""
    lfsr = 1
    for _ in range(24):
        column = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            mix = column[(x + 4) % 5] ^ rotated(column[(x + 1) % 5], 1)
            for y in range(5):
                lanes[x + 5 * y] ^= mix
        x, y, current = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x + 5 * y] = lanes[x + 5 * y], rotated(current, (step + 1) * (step + 2) // 2)
        for y in range(5):
            row = lanes[5 * y : 5 * y + 5]
            for x in range(5):
                lanes[x + 5 * y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & MASK)
        for j in range(7):
            lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x71)) % 256
            if lfsr & 2:
                lanes[0] ^= 1 << ((1 << j) - 1)
    return lanes


def keccak256(data):
    rate = 136
    padded = bytearray(data) + bytearray(rate - len(data) % rate)
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            lanes[i] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        keccak_f(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


# EIP-712 --------------------------------------------------------------------------------------------------------


def word(value):
    """A value as one word of 32 bytes: numbers from the right, 0x… of 32 bytes as they are, addresses from the right."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return bytes.fromhex(value[2:]).rjust(32, b"\0")
    return value.to_bytes(32, "big")


def hash_of(type_text, *values):
    return keccak256(keccak256(type_text.encode()) + b"".join(word(value) for value in values))


def domain_separator(name, version, chain_id, contract):
    return hash_of(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
        keccak256(name.encode()),
        keccak256(version.encode()),
        chain_id,
        contract,
    )


def typed_digest(separator, struct_hash):
    return keccak256(b"\x19\x01" + separator + struct_hash)


# The key that signed (SEC 1, 4.1.6, on secp256k1) ---------------------------------------------------------------

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def doubled(point):
    """Twice a point in Jacobian coordinates: (X, Y, Z) stands for (X / Z^2, Y / Z^3), Z = 0 for infinity."""
    x, y, z = point
    square = y * y % P
    s = 4 * x * square % P
    m = 3 * x * x % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * square * square) % P, 2 * y * z % P


def added(a, b):
    """The sum of two points in Jacobian coordinates."""
    if a[2] == 0:
        return b
    if b[2] == 0:
        return a
    u1, u2 = a[0] * b[2] ** 2 % P, b[0] * a[2] ** 2 % P
    s1, s2 = a[1] * b[2] ** 3 % P, b[1] * a[2] ** 3 % P
    if u1 == u2:
        return doubled(a) if s1 == s2 else (1, 1, 0)
    h, r = (u2 - u1) % P, (s2 - s1) % P
    h2 = h * h % P
    h3, v = h * h2 % P, u1 * h2 % P
    x3 = (r * r - h3 - 2 * v) % P
    return x3, (r * (v - x3) - s1 * h3) % P, h * a[2] * b[2] % P


def sum_of_products(factor1, point1, factor2, point2):
    """factor1 * point1 + factor2 * point2 of affine points; None is the point at infinity."""
    one, two = (*point1, 1), (*point2, 1)
    both = added(one, two)
    total = (1, 1, 0)
    for bit in range(255, -1, -1):
        total = doubled(total)
        choice = (factor1 >> bit & 1) + 2 * (factor2 >> bit & 1)
        if choice:
            total = added(total, (one, two, both)[choice - 1])
    if total[2] == 0:
        return None
    inverse = pow(total[2], -1, P)
    return total[0] * inverse**2 % P, total[1] * inverse**3 % P


def signer_of(digest, r_hex, vs_hex):
    """The address that signed a digest, of a compact signature (EIP-2098); None when nobody did, or s is high."""
    r, vs = int(r_hex, 16), int(vs_hex, 16)
    s, is_odd = vs & (2**255 - 1), vs >> 255
    if not 0 < r < N or not 0 < s <= N // 2:
        return None
    square = (pow(r, 3, P) + 7) % P
    y = pow(square, (P + 1) // 4, P)
    if y * y % P != square:
        return None
    if y % 2 != is_odd:
        y = P - y
    inverse = pow(r, -1, N)
    z = int.from_bytes(digest, "big")
    key = sum_of_products(s * inverse % N, (r, y), -z * inverse % N, G)
    if key is None:
        return None
    encoded = key[0].to_bytes(32, "big") + key[1].to_bytes(32, "big")
    return "0x" + keccak256(encoded)[12:].hex()
