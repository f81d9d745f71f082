import { formatInstant } from '../instant.js';

const time = (value: unknown) => formatInstant(BigInt(String(value)));

/** Custom errors of the council; their arguments are in the order of the declaration. */
export const COUNCIL_REFUSALS: Readonly<
  Record<string, (args: readonly unknown[]) => { message: string; hint: string }>
> = {
  AnotherRequest: ([got, expected]) => ({
    message: `this change of keys was requested at ${time(expected)}, not at ${time(got)}`,
    hint: 'look the change up again: it was requested anew',
  }),
  RecoveryMustWait: ([until]) => ({
    message: `the recovery key may approve this change from ${time(until)} on`,
    hint: 'wait until then; it may reject it at any time',
  }),
};

/** What to do about a text of a `require` of the council, where the text does not say it by itself. */
export const COUNCIL_TEXT_HINTS: Readonly<Record<string, string>> = {
  "this key is no member's": 'name the key of a member of the council, or the recovery key',
  'only members and recovery key': 'a member of the council or the recovery key must sign it',
  'the new key has a seat already': 'choose a key that is neither a member of the council nor the recovery key',
  'this change is requested already': 'vote on it instead',
  'this change is not open': 'look the change up: it was decided, or nobody has asked for it',
  'you have requested this change': 'another member must veto it; you can reject it',
  'this change is vetoed already': 'both keys are frozen until it is decided: vote on it',
  'the others vote on your key': 'ask the other members; you can veto it',
  'only members vote on this key': 'a majority of the members decides on the recovery key',
};
