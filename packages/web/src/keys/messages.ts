import type { KeystoreV3 } from '@wattchain/core';
import type { Hex } from 'viem';

/**
 * What can be asked of the worker that holds the keys. Keys go in; signatures and encrypted files come out, and once, when a key
 * is made, the words to write on paper.
 */
export type KeyRequest =
  /** Makes a key from twelve new words (BIP-39) and encrypts it. */
  | { readonly kind: 'create'; readonly passphrase: string }
  /** Takes a private key (64 hexadecimal digits), a mnemonic or a v3 key file over and encrypts it. */
  | {
      readonly kind: 'import';
      readonly secret: string;
      readonly index: number;
      readonly filePassphrase: string;
      readonly passphrase: string;
    }
  /** Opens a testbed's published account; nothing is encrypted, for everybody knows the key. */
  | { readonly kind: 'openPublished'; readonly index: number }
  | { readonly kind: 'unlock'; readonly file: KeystoreV3; readonly passphrase: string }
  | { readonly kind: 'lock'; readonly address: Hex | undefined }
  /** Signs a 32-byte hash with an unlocked key. */
  | { readonly kind: 'sign'; readonly address: Hex; readonly hash: Hex };

/** What the worker answers: by the kind of request. */
export type KeyAnswer =
  | { readonly kind: 'key'; readonly address: Hex; readonly file: KeystoreV3 | undefined; readonly words?: string }
  | { readonly kind: 'unlocked'; readonly address: Hex }
  | { readonly kind: 'locked' }
  | { readonly kind: 'signature'; readonly r: Hex; readonly s: Hex; readonly yParity: number }
  | { readonly kind: 'failed'; readonly message: string };
