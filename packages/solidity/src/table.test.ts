import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { assert, WattchainError } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { compileSolidity } from './compile.js';
import { CALLS, MEMBERS, NODES } from './table.js';
import { renderTableDocs } from './tableDocs.js';

const resolve = createRequire(import.meta.url).resolve;

function readImport(path: string): string | undefined {
  return path.startsWith('@openzeppelin/') ? readFileSync(resolve(path), 'utf8') : undefined;
}

function compile(text: string): WattchainError | undefined {
  try {
    compileSolidity({ name: 'rules/c.sol', text }, readImport);
    return undefined;
  } catch (error) {
    assert(error instanceof WattchainError, `a refusal is no bug: ${error}`);
    return error;
  }
}

/** Kinds of nodes in the schema of solc's tree. */
function kindsIn(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  const { nodeType } = schema as { nodeType?: { enum?: string[] } };
  for (const kind of nodeType?.enum ?? []) found.add(kind);
  for (const child of Object.values(schema)) kindsIn(child, found);
  return found;
}

/** Members of a contract in which ⟦…⟧ stands around what the message must mark. */
const REFUSED: Readonly<Record<string, string>> = {
  'inline assembly': 'function f() public pure { ⟦assembly { let x := 1 }⟧ }',
  delegatecall: 'function f(address a) public { (bool ok, ) = ⟦a.delegatecall("")⟧; ok; }',
  'a low-level call with data': 'function f(address a) public { (bool ok, ) = ⟦a.call(hex"01")⟧; ok; }',
  'a call of a signature':
    'function f(address a) public { (bool ok, ) = ⟦a.call(abi.encodeWithSignature("f()"))⟧; ok; }',
  staticcall: 'function f(address a) public view { (bool ok, ) = ⟦a.staticcall("")⟧; ok; }',
  'a new contract': 'function f() public { ⟦new D()⟧; }',
  'a new contract with salt': 'function f() public { ⟦new D{salt: 0}()⟧; }',
  selfdestruct: 'function f() public { ⟦selfdestruct(payable(msg.sender))⟧; }',
  try: 'function g() external {} function f() public { ⟦try this.g() {} catch {}⟧ }',
  sha256: 'function f() public pure returns (bytes32) { return ⟦sha256("a")⟧; }',
  ripemd160: 'function f() public pure returns (bytes20) { return ⟦ripemd160("a")⟧; }',
  'tx.origin': 'function f() public view returns (address) { return ⟦tx.origin⟧; }',
  'tx.gasprice': 'function f() public view returns (uint256) { return ⟦tx.gasprice⟧; }',
  gasleft: 'function f() public view returns (uint256) { return ⟦gasleft()⟧; }',
  blockhash: 'function f() public view returns (bytes32) { return ⟦blockhash(1)⟧; }',
  blobhash: 'function f() public view returns (bytes32) { return ⟦blobhash(1)⟧; }',
  'block.coinbase': 'function f() public view returns (address) { return ⟦block.coinbase⟧; }',
  'block.prevrandao': 'function f() public view returns (uint256) { return ⟦block.prevrandao⟧; }',
  'block.difficulty': 'function f() public view returns (uint256) { return ⟦block.difficulty⟧; }',
  'block.gaslimit': 'function f() public view returns (uint256) { return ⟦block.gaslimit⟧; }',
  'block.basefee': 'function f() public view returns (uint256) { return ⟦block.basefee⟧; }',
  'block.blobbasefee': 'function f() public view returns (uint256) { return ⟦block.blobbasefee⟧; }',
  'msg.data': 'function f() public pure returns (uint256) { return ⟦msg.data⟧.length; }',
  'msg.sig': 'function f() public pure returns (bytes4) { return ⟦msg.sig⟧; }',
  '.code': 'function f(address a) public view returns (uint256) { return ⟦a.code⟧.length; }',
  '.codehash': 'function f(address a) public view returns (bytes32) { return ⟦a.codehash⟧; }',
  creationCode: 'function f() public pure returns (uint256) { return ⟦type(D).creationCode⟧.length; }',
  send: 'function f(address payable a) public { bool ok = ⟦a.send(1)⟧; ok; }',
  'a function as a local':
    'function g() internal pure {} function f() public pure { function() internal pure h = ⟦g⟧; h(); }',
  'a function as a state variable': 'function() external h; function f() public { ⟦h⟧(); }',
  'a function as an argument':
    'function g(function() internal pure) internal pure {} function e() internal pure {} function f() public pure { g(⟦e⟧); }',
  'a function of this contract as a result':
    'function g() external {} function f() public view returns (function() external) { return ⟦this.g⟧; }',
  'a function in a struct':
    'struct S { function() external h; } S s; function g() external {} function f() public { ⟦s.h = this.g⟧; }',
  'the address of a function':
    'function g() external {} function f() public view returns (address) { return ⟦this.g.address⟧; }',
  fallback: '⟦fallback() external {}⟧',
  'bytes.concat': 'function f(bytes memory a) public pure returns (bytes memory) { return ⟦bytes.concat(a, a)⟧; }',
  'string.concat': 'function f(string memory a) public pure returns (string memory) { return ⟦string.concat(a, a)⟧; }',
  'a slice':
    'function f(uint256[] calldata a) public pure returns (uint256) { uint256[] memory b = ⟦a[1:]⟧; return b.length; }',
  'a slice of bytes': 'function f(bytes calldata a) public pure returns (bytes4) { return bytes4(⟦a[:4]⟧); }',
  'a byte written in storage': 'bytes b; function f() public { ⟦b[0]⟧ = 0x01; }',
  'a byte written in memory': 'function f(bytes memory a) public pure { ⟦a[0]⟧ = 0x01; }',
  'a byte pushed': 'bytes b; function f() public { ⟦b.push(0x01)⟧; }',
  'a byte pushed and assigned': 'bytes b; function f() public { ⟦b.push()⟧ = 0x01; }',
  'a byte deleted': 'bytes b; function f() public { delete ⟦b[0]⟧; }',
  'a byte popped': 'bytes b; function f() public { ⟦b.pop()⟧; }',
  'new bytes': 'function f(uint256 n) public pure returns (uint256) { return ⟦new bytes(n)⟧.length; }',
  'new string': 'function f(uint256 n) public pure returns (string memory) { return ⟦new string(n)⟧; }',
  'an encoding that is kept': 'function f() public pure returns (bytes memory) { return ⟦abi.encode(1)⟧; }',
  'a packed encoding that is kept': 'function f() public pure { bytes memory b = ⟦abi.encodePacked(uint8(1))⟧; b; }',
  'an encoded call':
    'function g() external {} function f() public view returns (bytes memory) { return ⟦abi.encodeCall(this.g, ())⟧; }',
  'an encoding with a selector':
    'function f() public pure returns (bytes memory) { return ⟦abi.encodeWithSelector(0x01020304)⟧; }',
  transient: '⟦uint256 transient t⟧; function f() public { t = 1; }',
  'a public function of a library': 'function f() public pure returns (uint256) { return ⟦L.g()⟧; }',
  'an external function of a library, attached':
    'using L for uint256; function f(uint256 a) public pure returns (uint256) { return ⟦a.h()⟧; }',
  'this.f() of what asks who calls':
    'function g() public view returns (address) { return msg.sender; } function f() public view returns (address) { return ⟦this.g()⟧; }',
  'this.f() of what asks who calls in a function of its own':
    'function h() internal view returns (address) { return msg.sender; } function g() public view returns (address) { return h(); } function f() public view returns (address) { return ⟦this.g()⟧; }',
  'this.f{value: v}()': 'function g() public payable {} function f() public { ⟦this.g{value: 1}()⟧; }',
  'a call with a gas limit': 'function f(D d) public { ⟦d.g{gas: 1000}⟧(); }',
  'a view call with a gas limit': 'function f(D d) public view returns (uint256) { return ⟦d.v{gas: 1000}⟧(); }',
  'a gas limit beside coins': 'function f(D d) public { ⟦d.p{value: 1, gas: 1000}⟧(); }',
  'an indexed list': 'event E(⟦uint256[] indexed a⟧); function f(uint256[] memory a) public { emit E(a); }',
  'an encoding that comes from elsewhere':
    'function f(bytes memory a) public pure returns (uint256) { return ⟦abi.decode(a, (uint256))⟧; }',
  erc7201: 'function f() public pure returns (uint256) { return ⟦erc7201("wattchain.main")⟧; }',
  'a public transient variable': '⟦uint256 public transient t⟧;',
  'an anonymous event': 'event E(uint256 a) anonymous; function f() public { emit ⟦E(1)⟧; }',
  'a modifier that is refused': 'modifier m() { require(⟦tx.origin⟧ == msg.sender); _; } function f() public m {}',
  'in a base': 'function f() public { b(); } function b() internal virtual { ⟦gasleft()⟧; }',
  'in a constructor': 'constructor() { ⟦gasleft()⟧; }',
  'in a state variable’s first value': 'address a = ⟦tx.origin⟧;',
  'in a getter of bytes': 'function f() external pure returns (bytes1) { bytes memory b = "abc"; return ⟦b[0]⟧; }',
};

const AROUND = `contract D { function g() external {} function v() external view returns (uint256) {} function p() external payable {} }
library L { function g() public pure returns (uint256) { return 1; } function h(uint256 a) external pure returns (uint256) { return a; } }
`;

/** What the message marks, and where. */
function marked(message: string): { text: string; line: number; column: number } {
  const [, line, column] = /--> rules\/c\.sol:(\d+):(\d+):/.exec(message) ?? [];
  const rows = message.split('\n').filter((row) => / \| /.test(row));
  const [text = '', carets = ''] = rows.map((row) => row.slice(row.indexOf(' | ') + 3));
  const start = carets.indexOf('^');
  return { text: text.slice(start, start + carets.trim().length), line: Number(line), column: Number(column) };
}

describe('the table', () => {
  it('has a row for every kind of node of solc’s tree', () => {
    const schema = JSON.parse(readFileSync(resolve('solidity-ast/schema.json'), 'utf8'));
    const kinds = kindsIn(schema);
    expect(kinds.size).toBeGreaterThan(70);
    expect([...kinds].filter((kind) => NODES[kind] === undefined)).toEqual([]);
    expect(Object.keys(NODES).filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('gives a reason and a way out for all that it refuses', () => {
    const rows = [...Object.values(NODES), ...Object.values(CALLS), ...Object.values(MEMBERS)];
    for (const row of rows) {
      if (!('refused' in row)) continue;
      expect(row.refused.length).toBeGreaterThan(10);
      expect(row.instead.length).toBeGreaterThan(5);
    }
  });
});

describe('the documentation', () => {
  it('shows contracts that are translated', () => {
    const text = readFileSync(new URL('../../../docs/solidity.md', import.meta.url), 'utf8');
    const blocks = [...text.matchAll(/```solidity\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(compile(block)).toBeUndefined();
  });

  it('has the table as it is', () => {
    const file = new URL('../../../docs/solidity-table.md', import.meta.url);
    expect(readFileSync(file, 'utf8'), 'run `node scripts/generateDocs.mjs`').toBe(renderTableDocs());
  });
});

describe('what is refused', () => {
  it.each(Object.entries(REFUSED))('%s', (_, body) => {
    const [before, text, after] = body.split(/[⟦⟧]/) as [string, string, string];
    const source = `${AROUND}contract C {\n  ${before}${text}${after}\n}\n`;
    const error = compile(source);
    expect(error?.code).toBe('solidity');
    expect(marked(error?.message ?? '')).toEqual({ text, line: 4, column: 3 + before.length });
    expect(error?.values.reason).not.toContain('is not translated');
    expect(error?.message).toContain(`= instead: ${error?.hint}`);
  });
});

describe('what is not reached', () => {
  it('is not refused: functions that nothing calls, what bases and libraries hold beside what is used', () => {
    const unused = `
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
function free() view returns (uint256) { return gasleft(); }
library Tools {
  function used(uint256 a) internal pure returns (uint256) { return a + 1; }
  function unused(bytes memory a) internal pure returns (bytes32 b) { assembly { b := mload(a) } }
  function elsewhere() public pure returns (bytes32) { return sha256(""); }
}
abstract contract Base {
  function replaced() public virtual returns (address) { return tx.origin; }
  function never() internal { selfdestruct(payable(msg.sender)); }
  modifier alone() { require(gasleft() > 0); _; }
}
contract C is Base, Context {
  event Unused(uint256 a) anonymous;
  uint256 transient unused;
  function() external kept;
  function replaced() public view override returns (address) { return _msgSender(); }
  function f(uint256 a) public pure returns (uint256) { return Tools.used(a); }
}`;
    expect(compile(unused)).toBeUndefined();
  });

  it('is refused as soon as something calls it', () => {
    const text = `import {Context} from "@openzeppelin/contracts/utils/Context.sol";
contract C is Context { function f() public view returns (bytes4) { return bytes4(keccak256(_msgData())); } }`;
    const error = compile(text);
    expect(error?.message).toContain('--> @openzeppelin/contracts/utils/Context.sol:');
    expect(error?.message).toContain('return msg.data;');
  });
});

/** What Solidity brings along, by its documentation ("Units and Globally Available Variables"), each in an expression. */
const BUILT_IN = [
  'abi.decode(abi.encode(1), (uint256))',
  'abi.encode(1)',
  'abi.encodePacked(uint8(1))',
  'abi.encodeWithSelector(0x01020304, 1)',
  'abi.encodeCall(d.g, ())',
  'abi.encodeWithSignature("g()", 1)',
  'bytes.concat("a", "b")',
  'string.concat("a", "b")',
  'blockhash(1)',
  'blobhash(1)',
  'block.basefee',
  'block.blobbasefee',
  'block.chainid',
  'block.coinbase',
  'block.difficulty',
  'block.gaslimit',
  'block.number',
  'block.prevrandao',
  'block.timestamp',
  'gasleft()',
  'msg.data',
  'msg.sender',
  'msg.sig',
  'msg.value',
  'tx.gasprice',
  'tx.origin',
  'assert(true)',
  'require(true)',
  'require(true, "a")',
  'revert()',
  'revert("a")',
  'a.balance',
  'a.code',
  'a.codehash',
  'a.send(1)',
  'a.transfer(1)',
  'a.call("")',
  'a.delegatecall("")',
  'a.staticcall("")',
  'keccak256("a")',
  'sha256("a")',
  'ripemd160("a")',
  'ecrecover(0, 27, 0, 0)',
  'addmod(1, 2, 3)',
  'mulmod(1, 2, 3)',
  'erc7201("a.b")',
  'this',
  'selfdestruct(a)',
  'type(D).name',
  'type(D).creationCode',
  'type(D).runtimeCode',
  'type(J).interfaceId',
  'type(uint8).min',
  'type(uint8).max',
  'type(Color).min',
  'type(Color).max',
  'Color.Red',
  'd.g.selector',
  'd.g.address',
  'list.length',
  'list.push()',
  'list.push(1)',
  'list.pop()',
  'data.length',
  'data.push()',
  'data.pop()',
  'data[0]',
  'bytes2(0x0102)[0]',
  'bytes2(0x0102).length',
  'Unit.wrap(1)',
  'Unit.unwrap(unit)',
  'new uint256[](1)',
  'new bytes(1)',
  'new D()',
];

describe('what Solidity brings along', () => {
  it.each(BUILT_IN)('%s is translated, or refused with a reason of its own', (expression) => {
    const error = compile(`${AROUND}interface J { function j() external; } type Unit is uint8; enum Color { Red }
contract C {
  uint256[] list; bytes data; Unit unit;
  function f(address payable a, D d) public payable { ${expression}; a; d; }
}`);
    if (error === undefined) return;
    expect(error.hint).toBeTruthy();
    expect(error.values.reason).toBeTruthy();
    expect(error.values.reason).not.toContain('is not translated');
  });
});
