import { isDeepStrictEqual } from 'node:util';
import { concatBytes, fromHex } from '@wattchain/core';
import { ALL_ARTIFACTS } from '@wattchain/market';
import { type AbiEntry, assemble, disassemble } from '@wattchain/vm';
import { decodeValues, encodeArguments } from '../../../packages/vm/src/abiValues.js';
import { decodeCodeHeader, encodeCode } from '../../../packages/vm/src/code.js';
import { encodeInstruction } from '../../../packages/vm/src/instruction.js';
import { verifyCode } from '../../../packages/vm/src/verify.js';
import { randomContract } from '../../../packages/vm/testing/randomCode.js';
import { TOKEN } from '../../../packages/vm/testing/token.js';
import { bytesOf, LINES, textOf } from '../structure.js';
import { mustHold, sameBytes, type Target, unlessRefused } from '../target.js';
import { noise, plausible, tapeOf } from './contractInputs.js';

const smallCodes = () =>
  Object.values(ALL_ARTIFACTS)
    .map(({ code }) => fromHex(code))
    .filter(({ length }) => length < 6_000);

/** Code is refused, or it is the only encoding of what was read of it. */
const code: Target = {
  name: 'code',
  inputsPerRound: 512,
  maxBytes: 8_192,
  seeds: () => [
    ...Array.from({ length: 12 }, (_, i) => randomContract(tapeOf(noise(400, i)), i % 2 === 1)),
    fromHex(assemble(TOKEN, 'token.wca').code),
    ...smallCodes().slice(0, 4),
  ],
  run: (input) => {
    const { value: verified } = verifyCode(input);
    if (verified === undefined) return false;
    const header = decodeCodeHeader(input).value;
    mustHold(header !== undefined, 'verified code has no header');
    const { instructions } = verified;
    const body = instructions.map(({ opcode, immediates }) =>
      encodeInstruction(
        opcode,
        immediates.map((value, k) =>
          opcode.immediates[k] === 'target' ? (instructions[value as number]?.offset ?? -1) : value,
        ),
      ),
    );
    const again = encodeCode(header.functions, header.subroutines, concatBytes(...body));
    mustHold(sameBytes(again, input), 'verified code is not the one encoding of its instructions');
    return true;
  },
};

/** Text is refused with a place, or becomes code that the verifier takes and that comes back from its disassembly. */
const assembly: Target = {
  name: 'assembly',
  inputsPerRound: 256,
  maxBytes: 6_000,
  structure: LINES,
  seeds: () => [
    bytesOf(TOKEN),
    ...Array.from({ length: 6 }, (_, i) => bytesOf(disassemble(randomContract(tapeOf(noise(160, i)))))),
  ],
  dictionary: [
    '.macro x',
    '.end',
    '.function f() view',
    '.slot a',
    '.map m',
    'jump a',
    'a:',
    '.const A = 1',
    '"',
    ';',
  ].map(bytesOf),
  run: (input) => {
    const artifact = unlessRefused(() => assemble(textOf(input), 'fuzz.wca'));
    if (artifact === undefined) return false;
    const bytes = fromHex(artifact.code);
    mustHold(verifyCode(bytes).fault === undefined, 'assembled code is not taken by the verifier');
    mustHold(assemble(disassemble(bytes), 'again.wca').code === artifact.code, 'the disassembly is other code');
    return true;
  },
};

/** Every interface's parameters; the first two bytes of an input choose among them. */
const PARAMETERS = Object.values(ALL_ARTIFACTS).flatMap(({ abi }) =>
  (abi as readonly AbiEntry[]).flatMap((entry) =>
    entry.type === 'function' ? [entry.inputs, entry.outputs] : entry.type === 'receive' ? [] : [entry.inputs],
  ),
);

/** Data are refused, or become values whose encoding becomes the same values. */
const abi: Target = {
  name: 'abi',
  inputsPerRound: 2_048,
  maxBytes: 2_048,
  seeds: () =>
    PARAMETERS.map((parameters, i) =>
      concatBytes(
        Uint8Array.of(i >> 8, i & 255),
        encodeArguments(
          parameters,
          parameters.map((each) => plausible(each, i)),
        ),
      ),
    ),
  run: (input) => {
    const parameters = PARAMETERS[((input[0] ?? 0) * 256 + (input[1] ?? 0)) % PARAMETERS.length] ?? [];
    const values = decodeValues(parameters, input.subarray(2));
    if (values === undefined) return false;
    const again = decodeValues(parameters, encodeArguments(parameters, values));
    mustHold(
      isDeepStrictEqual(again, values),
      'the values that were read are others when they are written and read again',
    );
    return true;
  },
};

export const MACHINE_TARGETS: readonly Target[] = [code, assembly, abi];
