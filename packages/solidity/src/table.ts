/**
 * THE table: what becomes of every kind of node of solc's tree, and of every name that Solidity brings along. What no row names is
 * refused. `docs/solidity.md` and the tests read it too.
 */
import type { Expression, FunctionCall, MemberAccess, Statement } from 'solidity-ast';
import * as builtins from './generate/calls/builtins.js';
import { executeEmit } from './generate/calls/events.js';
import { callExternal, payByCall, payByTransfer } from './generate/calls/external.js';
import { assertThat, executeRevert, requireThat, revertCall } from './generate/calls/failures.js';
import { decode, hash } from './generate/calls/hashing.js';
import { callInternal } from './generate/calls/internal.js';
import * as members from './generate/expressions/members.js';
import { variableOf } from './generate/expressions/places.js';
import * as values from './generate/expressions/values.js';
import type { Routine } from './generate/routine.js';
import * as statements from './generate/statements.js';
import type { NodeOf } from './tree/nodes.js';
import type { Type } from './tree/types.js';

/** What is not translated: why, and what to write instead. */
export interface Refused {
  readonly refused: string;
  readonly instead: string;
}

/** What is translated: in a few words, and by what. */
export interface Translated<Write> {
  readonly becomes: string;
  readonly write: Write;
}

/** A node that is read by what stands around it. */
export interface Part {
  readonly partOf: string;
}

export type WriteExpression = (r: Routine, node: never, wanted: boolean) => Type;
export type WriteStatement = (r: Routine, node: never) => void;

export type NodeRow =
  | ({ readonly is: 'expression' } & Translated<WriteExpression>)
  | ({ readonly is: 'statement' } & Translated<WriteStatement>)
  | Part
  | Refused;

function expression<Kind extends Expression['nodeType']>(
  becomes: string,
  write: (r: Routine, node: NodeOf<Kind>, wanted: boolean) => Type,
): NodeRow {
  return { is: 'expression', becomes, write };
}

function statement<Kind extends Statement['nodeType']>(
  becomes: string,
  write: (r: Routine, node: NodeOf<Kind>) => void,
): NodeRow {
  return { is: 'statement', becomes, write };
}

function refused(reason: string, instead: string): Refused {
  return { refused: reason, instead };
}

const ASSEMBLY = refused(
  'inline assembly is written for another machine',
  'write it in Solidity; checks of signatures use ecrecover, and OpenZeppelin’s ECDSA and ERC20Permit are out of reach',
);
const FUNCTION_VALUES = refused(
  'functions are not values here',
  'call functions by their names, and choose between several with if',
);
const TRY = refused('a failed call cannot be caught', 'ask the other contract first whether the call would succeed');

/** By kind of node. Calls and members go on to {@link CALLS} and {@link MEMBERS}. */
export const NODES: Readonly<Record<string, NodeRow>> = {
  Literal: expression('a constant', values.evaluateLiteral),
  Identifier: expression<'Identifier'>('the value of a variable or constant', values.evaluateIdentifier),
  MemberAccess: expression<'MemberAccess'>('a member', evaluateMember),
  IndexAccess: expression<'IndexAccess'>('an entry, element or byte', values.evaluateIndex),
  TupleExpression: expression<'TupleExpression'>('several values, or a list in memory', values.evaluateTuple),
  Conditional: expression<'Conditional'>('one of two values', values.evaluateConditional),
  UnaryOperation: expression<'UnaryOperation'>('an operator on one value', values.evaluateUnary),
  BinaryOperation: expression<'BinaryOperation'>('an operator on two values', values.evaluateBinary),
  Assignment: expression<'Assignment'>('a new value of a place', values.evaluateAssignment),
  FunctionCall: expression<'FunctionCall'>('a call, a conversion or a new struct', evaluateCall),
  FunctionCallOptions: { partOf: 'a call' },
  NewExpression: { partOf: 'a call' },
  ElementaryTypeNameExpression: { partOf: 'a conversion' },
  IndexRangeAccess: refused('a slice of a list or of bytes has no type of its own here', 'loop over the indices'),

  Block: statement<'Block'>('its statements', statements.executeBlock),
  UncheckedBlock: statement<'UncheckedBlock'>(
    'its statements, with arithmetic that wraps',
    statements.executeUnchecked,
  ),
  ExpressionStatement: statement<'ExpressionStatement'>('an expression’s effects', statements.executeExpression),
  VariableDeclarationStatement: statement<'VariableDeclarationStatement'>('locals', statements.executeVariables),
  IfStatement: statement<'IfStatement'>('a branch', statements.executeIf),
  WhileStatement: statement<'WhileStatement'>('a loop', statements.executeWhile),
  DoWhileStatement: statement<'DoWhileStatement'>('a loop', statements.executeDoWhile),
  ForStatement: statement<'ForStatement'>('a loop', statements.executeFor),
  Break: statement<'Break'>('a jump behind the loop', statements.executeBreak),
  Continue: statement<'Continue'>('a jump to the loop’s next turn', statements.executeContinue),
  Return: statement<'Return'>('the results and a jump to the function’s end', statements.executeReturn),
  EmitStatement: statement<'EmitStatement'>('a log', executeEmit),
  RevertStatement: statement<'RevertStatement'>('a failure with an error', executeRevert),
  PlaceholderStatement: statement<'PlaceholderStatement'>(
    'the function that the modifier goes around',
    statements.executePlaceholder,
  ),
  InlineAssembly: ASSEMBLY,
  TryStatement: TRY,
  TryCatchClause: TRY,

  SourceUnit: { partOf: 'the sources' },
  PragmaDirective: { partOf: 'the sources, which solc has checked' },
  ImportDirective: { partOf: 'the sources' },
  ContractDefinition: { partOf: 'the sources' },
  InheritanceSpecifier: { partOf: 'a contract' },
  FunctionDefinition: { partOf: 'a contract, library or file' },
  ModifierDefinition: { partOf: 'a contract' },
  ModifierInvocation: { partOf: 'a function' },
  OverrideSpecifier: { partOf: 'a function, which solc has checked' },
  ParameterList: { partOf: 'a function' },
  VariableDeclaration: { partOf: 'a contract, function or struct' },
  StructDefinition: { partOf: 'a type' },
  EnumDefinition: { partOf: 'a type' },
  EnumValue: { partOf: 'an enum' },
  EventDefinition: { partOf: 'an emit statement' },
  ErrorDefinition: { partOf: 'a failure' },
  UserDefinedValueTypeDefinition: { partOf: 'a type' },
  UsingForDirective: { partOf: 'a call of an attached function, which solc has resolved' },
  StorageLayoutSpecifier: { partOf: 'a contract, in solc’s layout' },
  StructuredDocumentation: { partOf: 'the text' },
  IdentifierPath: { partOf: 'a name' },
  ElementaryTypeName: { partOf: 'a declaration' },
  UserDefinedTypeName: { partOf: 'a declaration' },
  ArrayTypeName: { partOf: 'a declaration' },
  Mapping: { partOf: 'a declaration' },
  FunctionTypeName: FUNCTION_VALUES,

  YulAssignment: ASSEMBLY,
  YulBlock: ASSEMBLY,
  YulBreak: ASSEMBLY,
  YulCase: ASSEMBLY,
  YulContinue: ASSEMBLY,
  YulExpressionStatement: ASSEMBLY,
  YulForLoop: ASSEMBLY,
  YulFunctionCall: ASSEMBLY,
  YulFunctionDefinition: ASSEMBLY,
  YulIdentifier: ASSEMBLY,
  YulIf: ASSEMBLY,
  YulLeave: ASSEMBLY,
  YulLiteral: ASSEMBLY,
  YulSwitch: ASSEMBLY,
  YulTypedName: ASSEMBLY,
  YulVariableDeclaration: ASSEMBLY,
};

export type CallRow = Translated<(r: Routine, node: FunctionCall) => Type> | Part | Refused;

const LOW_LEVEL = refused(
  'low-level calls have no types',
  'declare an interface with the function and call it by its name; a payment is a.call{value: v}("")',
);
const DYNAMIC_BYTES = refused('bytes are not put together at run time', 'keep values in structs and lists of words');
const ENCODING = refused(
  'an encoding is hashed or decoded where it is made',
  'write keccak256(abi.encode(…)), or call through an interface',
);
const PRECOMPILE = refused('this function is not part of the machine', 'use keccak256');

/** By solc's kind of function. */
export const CALLS: Readonly<Record<string, CallRow>> = {
  internal: { becomes: 'a call of a subroutine', write: callInternal },
  external: { becomes: 'a call of another contract', write: callExternal },
  require: { becomes: 'a failure unless the condition holds', write: requireThat },
  assert: { becomes: 'Panic 0x01 unless the condition holds', write: assertThat },
  revert: { becomes: 'a failure', write: revertCall },
  error: { partOf: 'revert or require' },
  event: { partOf: 'emit' },
  keccak256: { becomes: 'a hash', write: hash },
  abiencode: ENCODING,
  abiencodepacked: ENCODING,
  abiencodewithselector: ENCODING,
  abiencodewithsignature: ENCODING,
  abiencodecall: ENCODING,
  abiencodeerror: ENCODING,
  abidecode: { becomes: 'words read as other types', write: decode },
  ecrecover: { becomes: 'the signer of a digest', write: builtins.recoverSigner },
  addmod: { becomes: 'a sum modulo a number', write: builtins.modular('ADDMOD') },
  mulmod: { becomes: 'a product modulo a number', write: builtins.modular('MULMOD') },
  arraypush: { becomes: 'a longer list', write: builtins.pushTo },
  arraypop: { becomes: 'a shorter list', write: builtins.popFrom },
  objectcreation: { becomes: 'a new list in memory', write: builtins.makeArray },
  wrap: { becomes: 'the same word with another type', write: builtins.rewrap },
  unwrap: { becomes: 'the same word with another type', write: builtins.rewrap },
  metatype: { partOf: 'a member of type(T)' },
  transfer: { becomes: 'a payment', write: payByTransfer },
  barecall: { becomes: 'a payment, with empty data alone', write: payByCall },
  send: refused('a payment that fails fails the call', 'write a.transfer(v), or let the owner withdraw'),
  barecallcode: LOW_LEVEL,
  baredelegatecall: refused('no contract runs another’s code as its own', 'inherit from it, or call it'),
  barestaticcall: LOW_LEVEL,
  delegatecall: refused(
    'functions of libraries that are public or external run elsewhere',
    'declare the library’s function internal',
  ),
  creation: refused('contracts do not make contracts', 'deploy it with a transaction of its own and pass its address'),
  erc7201: refused('this name is not worked out here', 'write the slot as a constant'),
  selfdestruct: refused('contracts stay', 'let a flag close the contract, and pay its coins out'),
  gasleft: refused('no instruction reads the gas counter', 'bound loops by counting'),
  blockhash: refused('contracts see no earlier blocks', 'commit to a value first and reveal it later'),
  blobhash: refused('there are no blobs', 'leave it out'),
  sha256: PRECOMPILE,
  ripemd160: PRECOMPILE,
  bytesconcat: DYNAMIC_BYTES,
  stringconcat: DYNAMIC_BYTES,
  setgas: LOW_LEVEL,
  setvalue: LOW_LEVEL,
  declaration: FUNCTION_VALUES,
};

export type MemberRow = Translated<(r: Routine, node: MemberAccess) => Type> | Refused;

const CODE = refused('contracts do not look at code', 'register the contracts that may take part');

/** By what stands before the point and the name behind it. Members of structs and variables of contracts are places. */
export const MEMBERS: Readonly<Record<string, MemberRow>> = {
  'message.sender': { becomes: 'who called', write: members.opcodeMember('CALLER') },
  'message.value': { becomes: 'the coins sent along', write: members.opcodeMember('VALUE') },
  'message.data': refused('calldata is read through the arguments alone', 'name the arguments'),
  'message.sig': refused('a function does not see how it was selected', 'write this.f.selector'),
  'message.gas': refused('no instruction reads the gas counter', 'bound loops by counting'),
  'block.timestamp': { becomes: 'the block’s time in seconds', write: members.opcodeMember('TIME') },
  'block.number': { becomes: 'the block’s height', write: members.opcodeMember('HEIGHT') },
  'block.chainid': { becomes: 'the network’s number', write: members.opcodeMember('CHAINID') },
  'block.basefee': refused('contracts do not see the price of gas', 'leave it out'),
  'block.blobbasefee': refused('there are no blobs', 'leave it out'),
  'block.coinbase': refused('contracts do not see who mines', 'register who may take part'),
  'block.difficulty': refused('contracts do not see the proof of work', 'commit to a value first and reveal it later'),
  'block.prevrandao': refused('there is no randomness', 'commit to a value first and reveal it later'),
  'block.gaslimit': refused('contracts do not see the gas limit', 'bound loops by counting'),
  'transaction.origin': refused('who pays is not who calls', 'use msg.sender'),
  'transaction.gasprice': refused('contracts do not see the price of gas', 'leave it out'),
  'address.balance': { becomes: 'the coins of an account', write: members.balance },
  'address.code': CODE,
  'address.codehash': CODE,
  'array.length': { becomes: 'how many elements', write: members.length },
  'text.length': { becomes: 'how many bytes', write: members.length },
  'fixedBytes.length': { becomes: 'how many bytes', write: members.length },
  'function.selector': { becomes: 'the first bytes of a signature’s hash', write: members.selector },
  'function.address': refused('functions are not values here', 'use the contract’s address'),
  'type.min': { becomes: 'the least value', write: members.limit },
  'type.max': { becomes: 'the greatest value', write: members.limit },
  'type.interfaceId': { becomes: 'the selectors of an interface, xored', write: members.interfaceId },
  'type.name': { becomes: 'the name', write: members.contractName },
  'type.creationCode': CODE,
  'type.runtimeCode': CODE,
  'enum.value': { becomes: 'a value of an enum', write: members.enumValue },
};

/** What is called is not evaluated, so an expression of such a type stands for the function as a value. */
const FUNCTION_TYPE = /^t_function_(internal|external|declaration|delegatecall)_/;

/** Writes a node by its row. */
export function evaluateNode(r: Routine, node: Expression, wanted: boolean): Type {
  if (FUNCTION_TYPE.test(node.typeDescriptions.typeIdentifier ?? '')) {
    throw r.unit.refuse(node, FUNCTION_VALUES.refused, FUNCTION_VALUES.instead);
  }
  const row = NODES[node.nodeType];
  if (row === undefined || !('is' in row) || row.is !== 'expression') throw refusalOf(r, node, node.nodeType, row);
  return row.write(r, node as never, wanted);
}

export function executeNode(r: Routine, node: Statement): void {
  const row = NODES[node.nodeType];
  if (row === undefined || !('is' in row) || row.is !== 'statement') throw refusalOf(r, node, node.nodeType, row);
  row.write(r, node as never);
}

function evaluateCall(r: Routine, node: FunctionCall): Type {
  if (node.kind === 'typeConversion') return builtins.convertTo(r, node);
  if (node.kind === 'structConstructorCall') return builtins.makeStruct(r, node);
  const type = r.unit.typeOf(node.expression);
  const role = type.kind === 'function' ? type.role : type.kind;
  const row = CALLS[role];
  if (row === undefined || !('write' in row)) throw refusalOf(r, node, `a call of the kind "${role}"`, row);
  return row.write(r, node);
}

function evaluateMember(r: Routine, node: MemberAccess): Type {
  const variable = variableOf(r, node);
  if (variable !== undefined) return values.evaluateVariable(r, variable);
  const base = r.unit.typeOf(node.expression);
  if (base.kind === 'struct') return values.evaluatePlace(r, node);
  const key =
    base.kind === 'type' ? 'enum.value' : `${base.kind === 'magic' ? base.name : base.kind}.${node.memberName}`;
  const row = MEMBERS[key];
  if (row === undefined || !('write' in row)) throw refusalOf(r, node, `"${node.memberName}"`, row);
  return row.write(r, node);
}

function refusalOf(r: Routine, node: Expression | Statement, what: string, row: Part | Refused | object | undefined) {
  if (row !== undefined && 'refused' in row) return r.unit.refuse(node, row.refused, row.instead);
  return r.unit.refuse(node, `${what} is not translated`, 'see docs/solidity.md for what is');
}
