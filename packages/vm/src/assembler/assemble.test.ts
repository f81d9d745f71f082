import {
  type Address,
  assert,
  contractAddress,
  type Failure,
  fromHex,
  MemoryKeyValues,
  parseGenesis,
  StateJournal,
  toHex,
} from '@wattchain/core';
import {
  type Abi,
  decodeErrorResult,
  decodeEventLog,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  toFunctionSelector,
} from 'viem';
import { describe, expect, test } from 'vitest';
import { TOKEN } from '../../testing/token.js';
import { encodeWords } from '../abi.js';
import type { Artifact } from '../artifact/index.js';
import { decodeCodeHeader } from '../code.js';
import { type CallOutcome, Machine } from '../machine/machine.js';
import { verifyCode } from '../verify.js';
import { assemble, disassemble } from './index.js';

const CALLER: Address = `0x${'11'.repeat(20)}`;
const OTHER: Address = `0x${'22'.repeat(20)}`;
const GENESIS = parseGenesis({
  name: 'assembler tests',
  chainId: 77_777_777,
  timestampMs: 0,
  blockIntervalMs: 1000,
  firstTarget: '0xffff',
  largestTarget: '0xffff',
  blockGasLimit: 30_000_000,
  blockByteLimit: 1_000_000,
  minGasPriceWei: '1',
  blockRewardWei: '1',
  confirmations: 12,
});

/** What a machine's run comes to. */
function outcomeOf(machine: Machine, begin: (machine: Machine) => void): CallOutcome {
  begin(machine);
  machine.run();
  assert(machine.outcome !== undefined, 'a run without a limit of its own reaches its end');
  return machine.outcome;
}

/** A contract deployed into a state of its own. */
function deploy(artifact: Artifact, args: readonly unknown[] = []) {
  const state = new StateJournal(new MemoryKeyValues());
  const machine = () =>
    new Machine(state, { height: 1, timestampMs: 1000, miner: OTHER, genesis: GENESIS }, 10_000_000);
  const abi = artifact.abi as Abi;
  const data = encodeDeployData({ abi, bytecode: artifact.code, args });
  const address = contractAddress(CALLER, 0);
  const { fault } = outcomeOf(machine(), (fresh) => fresh.deploy(CALLER, 0, 0n, fromHex(data)));
  assert(fault === undefined, `deployment failed: ${fault?.code}`);
  const send = (current: Machine, calldata: Uint8Array) =>
    outcomeOf(current, () => current.begin(CALLER, address, 0n, calldata));
  const run = (functionName: string, callArgs: readonly unknown[]) => {
    const current = machine();
    const calldata = fromHex(encodeFunctionData({ abi, functionName, args: callArgs }));
    return { outcome: send(current, calldata), logs: current.logs };
  };
  return {
    state,
    address,
    call(functionName: string, ...callArgs: readonly unknown[]): unknown {
      const { outcome } = run(functionName, callArgs);
      assert(outcome.value !== undefined, `${functionName} failed: ${outcome.fault?.code}`);
      return decodeFunctionResult({ abi, functionName, data: toHex(encodeWords(outcome.value)) });
    },
    logsOf(functionName: string, ...callArgs: readonly unknown[]) {
      return run(functionName, callArgs).logs.map(({ topics, data: words }) =>
        decodeEventLog({ abi, topics: topics as [], data: toHex(words) }),
      );
    },
    failureOf(functionName: string, ...callArgs: readonly unknown[]): Failure | undefined {
      return run(functionName, callArgs).outcome.fault;
    },
    send: (calldata: Uint8Array) => send(machine(), calldata),
  };
}

/** A contract of one function `f`, for trying instructions. */
function contractWith(body: string, declarations = '', header = 'f(uint256 x) returns (uint256)'): Artifact {
  return assemble(`.contract Try\n${declarations}\n.function ${header}\n${body}\n`, 'try.wca');
}

describe('a token', () => {
  const artifact = assemble(TOKEN, 'EnergyToken.wca');

  test('passes the verifier and lists its functions with what their first lines say', () => {
    const code = fromHex(artifact.code);
    expect(verifyCode(code).fault).toBeUndefined();
    const entryOf = (signature: string) =>
      decodeCodeHeader(code).value?.functions.find(
        ({ selector }) => selector === Number(toFunctionSelector(`function ${signature}`)),
      );
    expect(decodeCodeHeader(code).value?.functions).toHaveLength(9);
    expect(decodeCodeHeader(code).value?.functions[0]).toMatchObject({
      constructor: true,
      headWords: 1,
      entry: 8 + 8 * 9,
    });
    expect(entryOf('transfer(address,uint256)')).toMatchObject({ headWords: 2, payable: false, view: false });
    expect(entryOf('sum(uint64[],bool)')).toMatchObject({ headWords: 2, payable: false, view: true });
    expect(entryOf('bankBalance()')).toMatchObject({ headWords: 0, payable: true, view: false });
  });

  test('has an artifact that clients understand', () => {
    expect(artifact.contract).toBe('EnergyToken');
    expect(artifact.sources.map(({ name }) => name)).toEqual(['EnergyToken.wca']);
    const word = 't_uint256';
    const map = 't_mapping(t_uint256,t_uint256)';
    const entry = (label: string, slot: string, type: string) => ({
      contract: 'EnergyToken.wca:EnergyToken',
      label,
      offset: 0,
      slot,
      type,
    });
    expect(artifact.storageLayout).toEqual({
      storage: [
        entry('bank', '0', word),
        entry('totalSupply', '1', word),
        entry('balances', '2', map),
        entry('allowances', '3', map),
      ],
      types: {
        [map]: {
          encoding: 'mapping',
          key: word,
          label: 'mapping(uint256 => uint256)',
          numberOfBytes: '32',
          value: word,
        },
        [word]: { encoding: 'inplace', label: 'uint256', numberOfBytes: '32' },
      },
    });
    expect(JSON.parse(JSON.stringify(artifact))).toEqual(artifact);
    expect(artifact.abi.find((entry) => entry.type === 'function' && entry.name === 'sum')).toEqual({
      type: 'function',
      name: 'sum',
      inputs: [
        { name: 'amounts', type: 'uint64[]' },
        { name: 'twice', type: 'bool' },
      ],
      outputs: [{ name: 'total', type: 'uint256' }],
      stateMutability: 'view',
    });
    expect(artifact.abi.filter((entry) => entry.type === 'event')).toEqual([
      {
        type: 'event',
        name: 'Transfer',
        inputs: [
          { name: 'from', type: 'address', indexed: true },
          { name: 'to', type: 'address', indexed: true },
          { name: 'value', type: 'uint256', indexed: false },
        ],
        anonymous: false,
      },
    ]);
    expect(artifact.abi[0]).toEqual({
      type: 'constructor',
      inputs: [{ name: 'bank', type: 'address' }],
      stateMutability: 'nonpayable',
    });
  });

  test('runs: constructor, transfer, event, error, nested mapping, strings, lists', () => {
    const token = deploy(artifact, [CALLER]);
    const supply = 1000n * 10n ** 18n + 1n;
    expect(token.state.storage(token.address, 1n)).toBe(supply);
    expect(token.call('transfer', OTHER, 5n)).toBe(true);
    expect(token.call('balanceOf', OTHER)).toBe(5n);
    expect(token.call('balanceOf', CALLER)).toBe(supply - 5n);
    expect(token.logsOf('transfer', OTHER, 7n)).toEqual([
      { eventName: 'Transfer', args: { from: CALLER, to: OTHER, value: 7n } },
    ]);
    const failure = token.failureOf('transfer', OTHER, supply);
    expect(failure?.code).toBe('revert');
    const reason = decodeErrorResult({ abi: artifact.abi as Abi, data: toHex(failure?.data ?? new Uint8Array(0)) });
    expect(reason).toMatchObject({ errorName: 'InsufficientBalance', args: [supply - 12n, supply] });
    token.call('approve', OTHER, 9n);
    expect(token.call('allowance', CALLER, OTHER)).toBe(9n);
    expect(token.call('allowance', OTHER, CALLER)).toBe(0n);
    expect(token.call('name')).toBe('Energy Token');
    expect(token.call('nothing')).toBe('');
    expect(token.call('sum', [3n, 4n, 5n], false)).toBe(12n);
    expect(token.call('sum', [3n, 4n, 5n], true)).toBe(24n);
    expect(token.call('sum', [], true)).toBe(0n);
  });

  test('checks the range of arguments and of elements of lists', () => {
    const token = deploy(artifact, [CALLER]);
    const selectorOfCall = (functionName: string, args: readonly unknown[]) =>
      fromHex(encodeFunctionData({ abi: artifact.abi as Abi, functionName, args }));
    const wrongAddress = selectorOfCall('balanceOf', [OTHER]);
    wrongAddress[4] = 1;
    expect(token.send(wrongAddress).fault?.code).toBe('badArguments');
    const wrongFlag = selectorOfCall('sum', [[], true]);
    wrongFlag[4 + 2 * 32 - 1] = 2;
    expect(token.send(wrongFlag).fault?.code).toBe('badArguments');
    const wrongElement = selectorOfCall('sum', [[1n], false]);
    wrongElement[4 + 3 * 32 + 23] = 1;
    expect(token.send(wrongElement).fault?.code).toBe('badArguments');
  });

  test('the source map names the line of every instruction', () => {
    const lines = TOKEN.split('\n');
    const lineOf = (offset: number) => artifact.sourceMap.findLast(([start]) => start <= offset)?.[2] ?? 0;
    const verified = verifyCode(fromHex(artifact.code));
    const logAt = verified.value?.instructions.find(({ opcode }) => opcode.name === 'LOG')?.offset ?? -1;
    expect(lines[lineOf(logAt) - 1]).toContain('log Transfer');
    const revertAt = verified.value?.instructions.find(({ opcode }) => opcode.name === 'REVERT')?.offset ?? -1;
    expect(lines[lineOf(revertAt) - 1], 'macros count as the line that uses them').toContain('takeFrom balances');
    const offsets = artifact.sourceMap.map(([offset]) => offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
  });
});

describe('forms', () => {
  test('push takes numbers, constants and names of storage', () => {
    const declarations = '.const TWO = 2\n.const MANY = 3 + TWO * 0x10 * TWO\n.slot a\n.slot b\n.map c';
    const value = (operand: string) => deploy(contractWith(`push ${operand} return 1`, declarations)).call('f', 0n);
    expect(value('1_000')).toBe(1000n);
    expect(value('0xff_ff')).toBe(65_535n);
    expect(value('MANY')).toBe(67n);
    expect(value('b')).toBe(1n);
    expect(value('c')).toBe(2n);
    expect(value(`${2n ** 256n - 1n}`)).toBe(2n ** 256n - 1n);
  });

  test('arg, argat and plain opcodes with numbers mean the same', () => {
    expect(contractWith('arg 0 return 1').code).toBe(contractWith('push 0 argat return 1').code);
    expect(contractWith('arg x return 1').code).toBe(contractWith('arg 0 return 1').code);
    const list = 'f(uint256[] x) returns (uint256)';
    expect(contractWith('listlen x return 1', '', list).code).toBe(contractWith('listlen 0 return 1', '', list).code);
    expect(contractWith('.local a b\nlget b return 1').code).toBe(contractWith('lget 1 return 1').code);
  });

  test('sload and key take a name or what is on the stack', () => {
    const declarations = '.slot a\n.map m';
    const code = (body: string) => contractWith(body, declarations).code;
    expect(code('sload a return 1')).toBe(code('push 0 sload return 1'));
    expect(code('push 5 sstore a arg x return 1')).toBe(code('push 5 push 0 sstore arg x return 1'));
    expect(code('push 5 key m return 1')).toBe(code('push 5 push 1 hash 2 return 1'));
    expect(code('push 9 push 5 key return 1')).toBe(code('push 9 push 5 swap 1 hash 2 return 1'));
  });

  test('require, fail and revert say why', () => {
    const contract = deploy(
      contractWith(
        'arg x push 3 lt require "too \\"much\\"" arg x jumpif one fail "zero \\u{26a1}"\none: arg x revert Odd',
        '.error Odd(uint256 x)',
      ),
    );
    const texts = [5n, 0n, 1n].map((x) => {
      const data = toHex(contract.failureOf('f', x)?.data ?? new Uint8Array(0));
      return decodeErrorResult({ abi: contractWith('push 1 return 1', '.error Odd(uint256 x)').abi as Abi, data }).args;
    });
    expect(texts).toEqual([['too "much"'], ['zero ⚡'], [1n]]);
  });

  test('call counts its words and selects by canonical types', () => {
    const code = (body: string) => contractWith(body).code;
    const prefix = 'self push 0 push 1 push 2';
    expect(code(`${prefix} call transfer(address,uint) 1 return 1`)).toBe(
      code(`${prefix} call 0xa9059cbb 2 1 return 1`),
    );
    expect(code('self push 1 push 2 callview transfer(address,uint) 1 return 1')).toBe(
      code('self push 1 push 2 callview 0xa9059cbb 2 1 return 1'),
    );
  });

  test('parameter lists may run over lines, statements share lines, comments end them', () => {
    const artifact = assemble(
      `.contract Lists ; a comment
      .event E(uint256 indexed a, ; first
               uint256 b)
      .function f(
        uint256 a,
        uint256 b
      ) payable returns (uint256,
                         uint256)
      arg a arg b log E   arg b arg a return 2`,
      'lists.wca',
    );
    expect(deploy(artifact).call('f', 1n, 2n)).toEqual([2n, 1n]);
    expect(artifact.abi[0]).toMatchObject({ stateMutability: 'payable', outputs: [{ name: '' }, { name: '' }] });
  });

  test('overloads are functions of their own', () => {
    const source = `.contract Overloads
      .function f(uint256 x) returns (uint256) arg x return 1`.replace(') arg', ')\narg');
    const artifact = assemble(`${source}\n.function f(bool x) returns (uint256)\npush 7 return 1`, 'overloads.wca');
    expect(decodeCodeHeader(fromHex(artifact.code)).value?.functions).toHaveLength(2);
  });
});

describe('macros', () => {
  test('labels of a macro are its own, at every use, whatever the function calls its labels', () => {
    const macro = '.macro orTen x\n$x jumpif set push 10 jump out\nset: push 20\nout: .end'.replace('$x', 'lget $x');
    const body = `.local a b
      arg x lset a
      orTen a orTen b add jumpif set
      push 0 return 1
      set: orTen a orTen b add jump out
      out: return 1`;
    const contract = deploy(contractWith(body, macro));
    expect(contract.call('f', 0n)).toBe(20n);
    expect(contract.call('f', 1n)).toBe(30n);
  });

  test('a label given as operand is the one of the user, even if the macro has one of that name', () => {
    const macro = '.macro skipIfZero x target\nlget $x iszero jumpif $target jump out\nout: .end';
    const body = '.local a\narg x lset a skipIfZero a out push 1 return 1\nout: push 2 return 1';
    const contract = deploy(contractWith(body, macro));
    expect(contract.call('f', 0n)).toBe(2n);
    expect(contract.call('f', 9n)).toBe(1n);
  });

  test('locals of a macro are its own too, also in a macro of the same shape inside', () => {
    const macros = `.macro plusOne
        .local tmp
        lset tmp lget tmp push 1 add
      .end
      .macro plusThree
        .local tmp
        push 2 lset tmp plusOne lget tmp add
      .end`;
    const body = '.local tmp\npush 100 lset tmp arg x plusThree lget tmp add return 1';
    expect(deploy(contractWith(body, macros)).call('f', 5n)).toBe(108n);
  });

  test('a local of the function is 0 at its start, even when a macro with locals was used before its declaration', () => {
    const macro = '.macro drop\n.local tmp\nlset tmp\n.end';
    const body = '.local a\narg x drop\n.local b\nlget a lget b add return 1';
    expect(deploy(contractWith(body, macro)).call('f', 7n)).toBe(0n);
  });

  test('operands are names, numbers, texts and signatures', () => {
    const macros = `.macro check limit text\ndup 1 push $limit lt require $text\n.end
      .macro ask signature\nself push 0 call $signature 1\n.end`;
    const artifact = contractWith('arg x check 10 "too large" return 1', macros);
    const contract = deploy(artifact);
    expect(contract.call('f', 9n)).toBe(9n);
    expect(contract.failureOf('f', 10n)?.code).toBe('revert');
    expect(contractWith('ask g() return 1', macros).code).toBe(
      contractWith('self push 0 call g() 1 return 1', macros).code,
    );
  });
});

describe('disassemble', () => {
  test('gives text that assembles to the same code', () => {
    const { code } = assemble(TOKEN, 'EnergyToken.wca');
    const text = disassemble(fromHex(code));
    expect(assemble(text, 'again.wca').code).toBe(code);
    expect(text).toContain('.entry constructor 1\n');
    expect(text).toContain('.entry 0x70a08231 1 view\n');
    expect(text).toMatch(/\n {8}push 1000000000000000000001 +; 0x[0-9a-f]{4}\n/);
  });

  test('keeps texts that need escapes, shared entries and code before the first entry', () => {
    const source = `.contract Raw
      .code
      jump start
      .entry 0x00000001 0
      .entry 0x00000002 3 payable
      start: push 0 require "a\\"b\\\\c\\u{a}\\u{202e}"
      stop`;
    const { code, abi } = assemble(source, 'raw.wca');
    expect(abi).toEqual([]);
    const text = disassemble(fromHex(code));
    expect(text).toContain('require "a\\"b\\\\c\\u{a}\\u{202e}"');
    expect(assemble(text, 'again.wca').code).toBe(code);
  });

  test('refuses what the verifier refuses', () => {
    expect(() => disassemble(fromHex('0x1234'))).toThrow(expect.objectContaining({ code: 'badCode' }));
  });
});
