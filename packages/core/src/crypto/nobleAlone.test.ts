import { expect, it } from 'vitest';
import * as fastKeccak256 from './fastKeccak256.js';
import * as fastSha256 from './fastSha256.js';
import * as nobleAlone from './nobleAlone.js';
import * as recover from './recover.js';

it('stands in for the three files of faster code, export by export, with the same answers', () => {
  const faster = { ...fastKeccak256, ...fastSha256, ...recover };
  expect(Object.keys(nobleAlone).sort()).toEqual(Object.keys(faster).sort());
  const message = Uint8Array.from({ length: 200 }, (_, index) => index);
  expect(nobleAlone.fastSha256(message)).toEqual(faster.fastSha256(message));
  const [ours, nobles] = [new Uint8Array(40), new Uint8Array(40)];
  faster.fastSha256Into(message, 65, ours, 3);
  nobleAlone.fastSha256Into(message, 65, nobles, 3);
  expect(nobles).toEqual(ours);
  expect(nobleAlone.fastKeccak256(message)).toEqual(faster.fastKeccak256(message));
  const source = { digest: message.subarray(0, 32), r: 5n, s: 7n, yParity: 0 } as const;
  expect(nobleAlone.recoverPublicKeys([source])).toEqual(faster.recoverPublicKeys([source]));
});
