/** Where our machine answers otherwise than the EVM, and why that is meant. Nothing else may differ. */
import { keccak256, textToBytes, toHex } from '@wattchain/core';
import type { Message, MessageOutcome } from './world.js';

/** What a rule looks at. */
export interface Disagreement {
  readonly message: Message;
  readonly ours: MessageOutcome;
  readonly evm: MessageOutcome;
  /** Text of the contract's file. */
  readonly source: string;
  /** Whether the calldata is not what an encoder makes: words out of range, bytes too many or too few, offsets changed. */
  readonly isOdd: boolean;
}

/** A difference by design. */
export interface DesignDifference {
  readonly name: string;
  readonly reason: string;
  readonly matches: (disagreement: Disagreement) => boolean;
}

const STRING_TOO_LONG = toHex(keccak256(textToBytes('StringTooLong()')).subarray(0, 4));

const hasFailed = ({ failure }: MessageOutcome) => failure !== undefined;
const isSilent = (outcome: MessageOutcome) => hasFailed(outcome) && outcome.data === '0x';
const failedWith = ({ failure = '' }: MessageOutcome, ...codes: readonly string[]) => codes.includes(failure);

/** Every difference by design; a disagreement that no row matches is a fault. */
export const DESIGN_DIFFERENCES: readonly DesignDifference[] = [
  {
    name: 'reason',
    reason: "what the machine itself refuses says so in a sentence, where solc's code fails without data",
    matches: ({ ours, evm }) =>
      failedWith(ours, 'noFunction', 'notPayable', 'badArguments', 'noContract', 'insufficientBalance') &&
      isSilent(evm),
  },
  {
    name: 'text',
    reason: 'a string or bytes that is no constant has at most 31 bytes: StringTooLong()',
    matches: ({ ours }) => failedWith(ours, 'revert') && ours.data === STRING_TOO_LONG,
  },
  {
    name: 'gas',
    reason: 'the two machines have different prices',
    matches: ({ ours, evm }) => failedWith(ours, 'outOfGas') || failedWith(evm, 'out of gas'),
  },
  {
    name: 'memory',
    reason:
      'memory is at most 65,536 words; the EVM runs out of gas, or solc refuses a length beyond 2^64 with Panic 0x41',
    matches: ({ ours }) => failedWith(ours, 'memoryLimit'),
  },
  {
    name: 'stack',
    reason: 'subroutines nest up to 256, the words of a frame are at most 1,024',
    matches: ({ ours }) => failedWith(ours, 'stackLimit'),
  },
  {
    name: 'depth',
    reason: 'calls nest up to 16 frames',
    matches: ({ ours }) => failedWith(ours, 'callDepth'),
  },
  {
    name: 're-entrancy',
    reason: 'a contract that is being called cannot be entered again',
    matches: ({ ours }) => failedWith(ours, 'reentrancy'),
  },
  {
    name: 'calldata',
    reason:
      'calldata is whole words, lists lie where an encoder puts them, and every argument is in range even if nothing reads it',
    matches: ({ ours, isOdd }) => isOdd && failedWith(ours, 'badArguments'),
  },
  {
    name: 'payment',
    reason: 'a payment that fails ends the transaction; in Solidity a call with value then returns false',
    matches: ({ ours, source }) => hasFailed(ours) && /\.(call\{value|transfer\(|send\()/.test(source),
  },
];
