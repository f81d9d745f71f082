import {
  type Address,
  addressOf,
  assert,
  concatBytes,
  keccak256,
  numberToBytes,
  type RecoverySource,
  recoverAddresses,
  recoverPublicKeyByNoble,
  sha256,
  sign,
} from '@wattchain/core';
import { peerModule } from '../servers/peers.js';
import { cpuRate } from './rivals.js';

/** What tiny-secp256k1 is used for here. */
interface TinySecp256k1 {
  recover(digest: Uint8Array, signature: Uint8Array, recoveryId: 0 | 1, compressed: boolean): Uint8Array | null;
}

/** Different signatures, with who signed. */
export class Signatures {
  readonly #sources: readonly RecoverySource[];
  readonly #senders: readonly Address[];

  constructor(count: number) {
    const signed = Array.from({ length: count }, (_, i) => {
      const digest = keccak256(numberToBytes(i, 4));
      const key = sha256(digest);
      const { r, s, recovery } = sign(digest, key);
      return { source: { digest, r, s, yParity: recovery }, sender: addressOf(key) };
    });
    this.#sources = signed.map(({ source }) => source);
    this.#senders = signed.map(({ sender }) => sender);
  }

  /** Up to the address: all at once as those of a block, or each alone. */
  async own(isBatched: boolean): Promise<number> {
    return this.#measure(this.#sources.length, (sources) => {
      const found = isBatched ? recoverAddresses(sources) : sources.map((source) => recoverAddresses([source])[0]);
      assert(
        found.every((address, i) => address === this.#senders[i]),
        'every sender is the one who signed',
      );
    });
  }

  /** Up to the public key, of a share of the signatures, so that it takes about as long. */
  async noble(share: number): Promise<number> {
    return this.#measure(share, (sources) => {
      assert(
        sources.every((source) => recoverPublicKeyByNoble(source) !== undefined),
        'noble recovers every key',
      );
    });
  }

  /** The same by tiny-secp256k1 in WebAssembly. */
  async tiny(share: number): Promise<number> {
    const { recover } = (await import(peerModule('tiny-secp256k1', 'tiny-secp256k1'))) as TinySecp256k1;
    const packed = this.#sources.map(({ digest, r, s, yParity }) => ({
      digest,
      signature: concatBytes(wordBytes(r), wordBytes(s)),
      yParity: yParity as 0 | 1,
    }));
    const run = (count: number) => {
      for (const { digest, signature, yParity } of packed.slice(0, count)) {
        assert(recover(digest, signature, yParity, false)?.length === 65, 'tiny-secp256k1 recovers every key');
      }
    };
    run(Math.ceil(share / 4));
    return (await cpuRate(share, () => run(share)))[1];
  }

  async #measure(count: number, run: (sources: readonly RecoverySource[]) => void): Promise<number> {
    run(this.#sources.slice(0, Math.ceil(count / 4)));
    return (await cpuRate(count, () => run(this.#sources.slice(0, count))))[1];
  }
}

const wordBytes = (word: bigint) => Uint8Array.from(Buffer.from(word.toString(16).padStart(64, '0'), 'hex'));
