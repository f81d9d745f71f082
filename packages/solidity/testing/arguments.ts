/** Arguments for any function: mostly small numbers and what was seen before, now and then the edges of a type and beyond. */
import { type Address, bigIntToBytes, concatBytes, fromHex, keccak256, sign } from '@wattchain/core';
import { type AbiParameter, encodeValues, listOf, type Value } from './abi.js';
import type { Random } from './random.js';

/** An account that can sign. */
export interface Signer {
  readonly address: Address;
  readonly privateKey: Uint8Array;
}

/** What arguments may refer to. */
export interface Surroundings {
  readonly signers: readonly Signer[];
  /** Addresses that anything may be sent to. */
  readonly addresses: readonly Address[];
  /** Deployed contracts by name. */
  readonly contracts: readonly { readonly name: string; readonly address: Address }[];
  readonly timeS: number;
  /** Of the contract that is deployed after this one. */
  readonly nextContract: Address;
}

const WORD_LIMIT = 1n << 256n;
const MAX_REMEMBERED = 64;
const COINS = 10n ** 18n;

/** Makes arguments, and remembers words that it made or that it is told of. */
export class ArgumentMaker {
  readonly #random: Random;
  readonly #remembered: bigint[] = [];
  /** Whether the last arguments hold a word that its type does not allow. */
  isDirty = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Words of results, to be used as arguments later. */
  remember(words: readonly bigint[]): void {
    for (const word of words) {
      if (this.#remembered.length < MAX_REMEMBERED) this.#remembered.push(word);
      else this.#remembered[this.#random.below(MAX_REMEMBERED)] = word;
    }
  }

  /** A value for each parameter. */
  make(parameters: readonly AbiParameter[], around: Surroundings): Value[] {
    this.isDirty = false;
    const values = parameters.map((parameter) => this.#value(parameter, around));
    this.#signIfAsked(parameters, values, around);
    return values;
  }

  /** Coins that go along with a payable function. */
  coins(): bigint {
    const random = this.#random;
    switch (random.below(5)) {
      case 0:
        return 0n;
      case 1:
        return BigInt(random.below(4)) * COINS;
      case 2:
        return random.bits(random.below(70));
      default:
        return BigInt(random.below(12));
    }
  }

  #value(parameter: AbiParameter, around: Surroundings): Value {
    const random = this.#random;
    const list = listOf(parameter);
    if (list !== undefined) {
      const length = list.length ?? (random.oneIn(12) ? random.below(12) : random.below(5));
      return Array.from({ length }, () => this.#value(list.element, around));
    }
    if (parameter.type === 'tuple') return (parameter.components ?? []).map((inner) => this.#value(inner, around));
    if (parameter.type === 'string' || parameter.type === 'bytes') return this.#text(parameter.type === 'bytes');
    return this.#word(parameter, around);
  }

  #text(isBytes: boolean): Uint8Array {
    const random = this.#random;
    const length = random.oneIn(80) ? 32 + random.below(40) : random.below(random.oneIn(4) ? 32 : 6);
    return Uint8Array.from({ length }, () => (isBytes ? random.below(256) : 97 + random.below(26)));
  }

  #word(parameter: AbiParameter, around: Surroundings): bigint {
    const { type, internalType = '', name } = parameter;
    const random = this.#random;
    const bits = bitsOf(type);
    const word = (() => {
      if (type === 'bool') return BigInt(random.below(2));
      if (type === 'address')
        return name === 'next' ? BigInt(around.nextContract) : this.#address(internalType, around);
      if (internalType.startsWith('enum ')) return BigInt(random.oneIn(20) ? 255 : random.below(5));
      if (type.startsWith('bytes')) return this.#bytesWord(bits);
      const isTime = /time|deadline|until|begin|end|start|clos/i.test(name) && bits >= 32;
      if (isTime && !random.oneIn(4)) return BigInt(around.timeS + random.below(2000) - 500);
      return type.startsWith('int') ? this.#signed(bits) : this.#unsigned(bits);
    })();
    if (random.oneIn(8)) this.remember([word]);
    return this.#soil(type, bits, word);
  }

  /** Now and then a word that is none of the type. */
  #soil(type: string, bits: number, word: bigint): bigint {
    if (bits === 256 || !this.#random.oneIn(300)) return word;
    this.isDirty = true;
    const place = type.startsWith('bytes') ? this.#random.below(256 - bits) : bits + this.#random.below(256 - bits);
    return word ^ (1n << BigInt(place));
  }

  #unsigned(bits: number): bigint {
    const random = this.#random;
    const max = (1n << BigInt(bits)) - 1n;
    switch (random.below(12)) {
      case 0:
        return max - BigInt(random.below(3));
      case 1:
        return (max >> 1n) + BigInt(random.below(3)) - 1n;
      case 2:
        return 1n << BigInt(random.below(bits));
      case 3:
        return random.bits(random.below(bits + 1));
      case 4:
        return BigInt(random.below(300)) & max;
      case 5:
        return bits >= 96 ? BigInt(1 + random.below(5)) * COINS : BigInt(random.below(100));
      case 6:
      case 7: {
        const known = this.#remembered.length === 0 ? 0n : random.pick(this.#remembered);
        return known <= max ? known : known & max;
      }
      default:
        return BigInt(random.below(7));
    }
  }

  #signed(bits: number): bigint {
    const random = this.#random;
    const half = 1n << BigInt(bits - 1);
    const number = (() => {
      switch (random.below(8)) {
        case 0:
          return half - 1n - BigInt(random.below(2));
        case 1:
          return -half + BigInt(random.below(2));
        case 2:
          return BigInt.asIntN(bits, random.bits(random.below(bits + 1)));
        case 3:
          return -BigInt.asUintN(bits - 1, BigInt(random.below(300)));
        default:
          return BigInt(random.below(13) - 6);
      }
    })();
    return BigInt.asUintN(256, number);
  }

  #bytesWord(bits: number): bigint {
    const random = this.#random;
    const shift = BigInt(256 - bits);
    const known = this.#remembered.filter((word) => (word >> shift) << shift === word);
    switch (random.below(5)) {
      case 0:
        return 0n;
      case 1:
        return random.bits(bits) << shift;
      case 2:
        return BigInt(97 + random.below(3)) << 248n;
      default:
        return known.length === 0 ? 0n : random.pick(known);
    }
  }

  #address(internalType: string, { addresses, contracts, signers }: Surroundings): bigint {
    const random = this.#random;
    if (internalType.startsWith('contract ') && contracts.length > 0 && !random.oneIn(12)) {
      const named = contracts.filter(({ name }) => internalType === `contract ${name}`);
      return BigInt(random.pick(named.length > 0 ? named : contracts).address);
    }
    switch (random.below(12)) {
      case 0:
        return 0n;
      case 1:
        return (1n << 160n) - 1n;
      case 2:
      case 3:
      case 4:
        return BigInt(random.pick(addresses));
      default:
        return BigInt(random.pick(signers).address);
    }
  }

  /** Arguments `v`, `r`, `s` become a signature of `digest`, or of the hash of all others, mostly a true one. */
  #signIfAsked(parameters: readonly AbiParameter[], values: Value[], { signers }: Surroundings): void {
    const place = (wanted: string) => parameters.findIndex(({ name }) => name === wanted);
    const [v, r, s, digestAt] = [place('v'), place('r'), place('s'), place('digest')];
    if (v < 0 || r < 0 || s < 0 || this.#random.oneIn(4)) return;
    const signed = parameters.map((_, i) => i).filter((i) => ![v, r, s].includes(i));
    const digest =
      digestAt >= 0
        ? bigIntToBytes(values[digestAt] as bigint, 32)
        : keccak256(
            concatBytes(
              encodeValues(
                signed.map((i) => parameters[i] as AbiParameter),
                signed.map((i) => values[i] as Value),
              ),
            ),
          );
    const signature = sign(digest, this.#random.pick(signers).privateKey);
    const order = BigInt('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141');
    const isHigh = this.#random.oneIn(4);
    const recovery = BigInt(signature.recovery) ^ (isHigh ? 1n : 0n);
    values[v] = 27n + recovery;
    values[r] = signature.r;
    values[s] = isHigh ? order - signature.s : signature.s;
  }
}

/** How many bits of a word a type uses. */
export function bitsOf(type: string): number {
  if (type === 'bool') return 1;
  if (type === 'address') return 160;
  const digits = Number(/\d+$/.exec(type)?.[0] ?? 256);
  return type.startsWith('bytes') ? digits * 8 : digits;
}

/** The first words of some bytes. */
export function wordsOf(hex: string, most: number): bigint[] {
  const bytes = fromHex(hex);
  const words: bigint[] = [];
  for (let at = 0; at + 32 <= bytes.length && words.length < most; at += 32) {
    words.push(BigInt(`0x${hex.slice(2 + at * 2, 66 + at * 2)}`) % WORD_LIMIT);
  }
  return words;
}
