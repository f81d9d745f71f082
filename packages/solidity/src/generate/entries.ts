/** Entries of mappings: keccak256 of the key, a word or the bytes of a text, and the mapping's slot. */
import type { Type } from '../tree/types.js';
import { pushFree } from './memory.js';
import type { Routine } from './routine.js';
import { requireShort } from './text.js';

/** ( slot key -- slot' ) */
export function hashEntry(r: Routine, key: Type): void {
  if (key.kind === 'text') {
    r.call(textEntry(r));
    return;
  }
  r.op('SWAP', 1);
  r.op('HASH', 2);
}

/** ( slot text -- slot' ) The bytes of the text stand right before those of the slot, in two words that are 0 again afterwards. */
function textEntry(r: Routine) {
  return r.unit.subroutine('text entry', 2, 1, (s) => {
    requireShort(s);
    const text = s.newLocal();
    const slot = s.newLocal();
    s.op('LSET', text);
    s.op('LSET', slot);
    s.op('LGET', text);
    s.push(0xff);
    s.op('AND');
    const lengthTwice = s.keep();
    pushFree(s);
    const start = s.keep();
    // text without its length | slot moved right by 8 bits a byte of the text
    s.op('LGET', text);
    s.get(lengthTwice);
    s.op('SUB');
    s.op('LGET', slot);
    s.get(lengthTwice);
    s.push(2);
    s.op('SHL');
    s.op('SHR');
    s.op('OR');
    s.get(start);
    s.op('MSTORE');
    s.op('LGET', slot);
    s.push(256);
    s.get(lengthTwice);
    s.push(2);
    s.op('SHL');
    s.op('SUB');
    s.op('SHL');
    s.getPlus(start, 1);
    s.op('MSTORE');
    s.get(start);
    s.get(lengthTwice);
    s.push(1);
    s.op('SHR');
    s.push(32);
    s.op('ADD');
    s.op('HASHM');
    for (const word of [0, 1]) {
      s.push(0);
      s.getPlus(start, word);
      s.op('MSTORE');
    }
  });
}
