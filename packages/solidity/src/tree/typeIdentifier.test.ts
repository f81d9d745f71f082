import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { assert } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { checkSources } from '../solc.js';
import { Declarations } from './declarations.js';
import type { Type } from './types.js';

const EVERYTHING = `
pragma solidity ^0.8.0;
type Price$ is uint128;
enum E$_1 { A, B }
struct S_$1 { uint a; uint[] kids; }
interface I {
  function f(uint[] calldata a, string calldata s) external payable returns (bool, bytes memory);
  error Er(uint x);
}
contract D {}
library L {
  struct Q_$ { uint z; }
  function g(uint x) internal pure returns (uint) { return x; }
  function h(uint[] storage x) internal view returns (uint) { return x.length; }
}
function add(Price$ a, Price$ b) pure returns (Price$) { return Price$.wrap(Price$.unwrap(a) + Price$.unwrap(b)); }
using {add as +} for Price$ global;
abstract contract Base {
  modifier m(uint x) virtual { _; }
  function v() public virtual returns (uint) { return 1; }
}
contract C$ is Base {
  using L for uint;
  using L for uint[];
  mapping(address => mapping(E$_1 => S_$1[3][])) public mm;
  mapping(string => L.Q_$) named;
  bytes b;
  string s;
  uint[] us;
  int24[2][][4] grid;
  address payable pp;
  I i;
  bytes4 constant sel = I.f.selector;
  function(uint) external returns (uint) fe;
  function(uint) internal pure returns (uint) fi;
  event Ev(uint indexed a);
  error Er(uint x);
  function v() public override m(3) returns (uint) { return super.v() + L.g(1) + uint(5).g() + us.h(); }
  function k(string memory str, uint[] calldata a, bytes calldata bb, S_$1 calldata q)
    external payable returns (uint x, string memory)
  {
    (uint l, , bool o) = (1, 2, true);
    S_$1 memory sm = q;
    S_$1 storage ss = mm[msg.sender][E$_1.A][0][1];
    ss.kids.push();
    ss.kids.pop();
    i.f{value: 1, gas: 5}(a[1:], string(bb[2:3]));
    (bool ok, ) = msg.sender.call{value: 1}("");
    bytes memory e = abi.encode(l, o, ok, -1);
    e = abi.encodePacked(uint8(1));
    e = abi.encodeWithSelector(i.f.selector, 1);
    e = abi.encodeCall(i.f, (a, str));
    (l, o) = abi.decode(e, (uint, bool));
    emit Ev(1);
    if (l > 1e50) revert Er(2);
    require(o, "x");
    require(o, Er(1));
    assert(o);
    x = type(uint).max + uint32(type(I).interfaceId);
    pp.transfer(1);
    bool z = pp.send(1);
    uint[3] memory fx = [uint(1), 2, 3];
    uint[] memory dy = new uint[](3);
    bytes32 kk = keccak256(e) ^ sha256(e) ^ ripemd160(e);
    address ad = ecrecover(kk, 1, kk, kk);
    l = addmod(1, 2, 3) + gasleft() + block.timestamp + tx.gasprice + uint(blockhash(1));
    fe = this.w;
    fi = iw;
    string memory n = type(C$).name;
    uint max = 115792089237316195423570985008687907853269984665640564039457584007913129639935;
    int neg = -5;
    uint half = 0.5 * 4;
    bytes1 b1 = hex"ff";
    string memory uu = unicode"ü";
    delete ss.a;
    try this.w(1) returns (uint) {} catch {}
    new D();
    l = address(this).balance + address(this).code.length;
    bytes.concat(e, e);
    string.concat(n, n);
    Price$ p = Price$.wrap(1);
    p = p + p;
    E$_1 en = E$_1(1);
    en = type(E$_1).max;
    I(payable(address(0)));
    address(1).delegatecall("");
    address(1).staticcall("");
    (dy, (l)) = (dy, fx[0]);
    return (1, "lit");
  }
  function w(uint y) external returns (uint) { unchecked { y++; } return y; }
  function iw(uint y) internal pure returns (uint) { return y; }
  function none() external {}
  fallback(bytes calldata) external payable returns (bytes memory) { this.none; return ""; }
  receive() external payable {}
}`;

const resolve = createRequire(import.meta.url).resolve;

/** A file of solc's tree of sources, read from the packages that the tests have. */
function readImport(path: string): string | undefined {
  return path.startsWith('@openzeppelin/') ? readFileSync(resolve(path), 'utf8') : undefined;
}

function importing(...paths: string[]): string {
  return paths.map((path) => `import "@openzeppelin/contracts/${path}";`).join('\n');
}

const SOURCES: Readonly<Record<string, string>> = {
  everything: EVERYTHING,
  openZeppelin: importing(
    'token/ERC20/extensions/ERC20Permit.sol',
    'access/AccessControl.sol',
    'utils/structs/EnumerableMap.sol',
    'utils/structs/Checkpoints.sol',
  ),
};

interface Description {
  readonly typeIdentifier: string;
  readonly typeString: string;
}

/** What solc says of every type in a tree, each once. */
function descriptionsIn(node: unknown, found = new Map<string, Description>()): Map<string, Description> {
  if (typeof node !== 'object' || node === null) return found;
  const { typeDescriptions } = node as { typeDescriptions?: Partial<Description> };
  if (typeof typeDescriptions?.typeIdentifier === 'string') {
    const description = typeDescriptions as Description;
    found.set(`${description.typeIdentifier} ${description.typeString}`, description);
  }
  for (const child of Object.values(node)) descriptionsIn(child, found);
  return found;
}

/** A type in the words of solc, without locations. */
function name(type: Type | undefined): string {
  if (type === undefined) return '';
  switch (type.kind) {
    case 'integer':
      return `${type.signed ? '' : 'u'}int${type.bits}`;
    case 'fixedBytes':
      return `bytes${type.bytes}`;
    case 'text':
      return type.isBytes ? 'bytes' : 'string';
    case 'enum':
    case 'struct':
      return `${type.kind} ${type.definition.canonicalName}`;
    case 'contract':
      if (type.isSuper) return `contract super ${type.definition.name}`;
      return `${type.definition.contractKind === 'library' ? 'library' : 'contract'} ${type.definition.name}`;
    case 'userValue':
      return type.definition.canonicalName ?? type.definition.name;
    case 'array':
      return `${name(type.base)}[${type.length ?? ''}]`;
    case 'mapping':
      return `mapping(${name(type.key)} => ${name(type.value)})`;
    case 'tuple':
      return `tuple(${type.items.map(name).join(',')})`;
    case 'type':
      return `type(${name(type.of)})`;
    case 'function': {
      const returns = type.returns.length === 0 ? '' : ` returns (${type.returns.map(name).join(',')})`;
      const mutability = type.mutability === 'nonpayable' ? '' : ` ${type.mutability}`;
      return `function (${type.parameters.map(name).join(',')})${mutability}${returns}`;
    }
    case 'rational':
      return type.value === undefined ? 'rational_const' : `int_const ${type.value}`;
    case 'literal':
      return 'literal_string';
    case 'other':
      // The only one that other types hold.
      return 'error';
    default:
      return type.kind;
  }
}

/** solc's words without what {@link name} leaves out. */
function withoutLocations(typeString: string): string {
  if (typeString.startsWith('literal_string')) return 'literal_string';
  return typeString
    .replaceAll(/ (storage (ref|pointer)|memory|calldata)( slice)?/g, '')
    .replaceAll(/ (payable|external)(?=[,)[\]]|$| returns)/g, (all, word) => (word === 'payable' ? all : ''))
    .replaceAll('address payable', 'address')
    .replaceAll(/literal_string (hex)?"[^"]*"/g, 'literal_string')
    .replaceAll(/rational_const \S+ \/ \S+/g, 'rational_const')
    .replace(/^function [\w$.]+\(/, 'function (');
}

describe('type identifiers of solc', () => {
  it.each(Object.entries(SOURCES))('%s: every one is read whole and means what solc says in words', (file, text) => {
    const { units } = checkSources({ name: `${file}.sol`, text }, readImport);
    const declarations = new Declarations(units);
    const descriptions = [...descriptionsIn(units).values()];
    expect(descriptions.length).toBeGreaterThan(100);
    const kinds = new Set<string>();
    const misread: string[][] = [];
    for (const { typeIdentifier, typeString } of descriptions) {
      const type = declarations.parse(typeIdentifier);
      kinds.add(type.kind);
      if (type.kind === 'magic' || type.kind === 'other') continue;
      const [ours, theirs] = [name(type), withoutLocations(typeString)];
      if (ours !== theirs && !typeString.includes('digits omitted')) misread.push([typeIdentifier, ours, theirs]);
    }
    expect(misread).toEqual([]);
    assert(kinds.has('function') && kinds.has('mapping'), 'the sources have types of all kinds');
  });
});
