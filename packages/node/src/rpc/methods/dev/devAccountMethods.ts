/** Methods of a development chain that act for accounts: with the keys that the process holds, or without any. */
import {
  type Address,
  concatBytes,
  createUnsignedTransaction,
  encodeSeal,
  type Hash,
  keccak256,
  MAX_TRANSACTION_BYTES,
  type Signature,
  type Transaction,
  textToBytes,
  toHex,
} from '@wattchain/core';
import type { Development } from '../../../dev/development.js';
import { MAX_BODY_BYTES } from '../../limits.js';
import type { Method } from '../../protocol/method.js';
import { addressParameter, bytesParameter, flagParameter } from '../../protocol/parameter.js';
import { serverError } from '../../protocol/rpcError.js';
import { ADDRESS, BYTES, bytesOf, HASH, listOf } from '../../protocol/schema.js';
import { sendFaultMessage } from '../faultMessage.js';
import { METHOD_TABLE } from '../methodTable.js';
import { sendTogether } from '../transactionMethods.js';
import { typedDataParameter, unusedPassphraseParameter } from './devParameters.js';
import { devRow } from './devRow.js';
import { fillTransaction } from './fillTransaction.js';
import { sendParameter } from './sendRequest.js';
import { hashTypedData } from './typedData.js';

const SENDER = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const OTHER = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8';
const TRANSFER = { from: SENDER, to: OTHER, value: '0x1' };
const SIGNATURE = bytesOf(65);
/** v of a signature that is no transaction's: 27 + recovery. */
const FIRST_V = 27;

/** The rows of {@link createDevMethods} about accounts. */
export function createDevAccountMethods(development: Development): Method[] {
  return [...impersonationMethods(development), ...sendingMethods(development), ...signingMethods(development)];
}

function impersonationMethods(development: Development): Method[] {
  return [
    ...devRow({
      names: ['anvil_impersonateAccount', 'hardhat_impersonateAccount'],
      parameters: [addressParameter()],
      result: 'From now on eth_sendTransaction sends for this address without its key.',
      example: [OTHER],
      handle: (_, address) => development.setImpersonated(address, true),
    }),
    ...devRow({
      names: ['anvil_stopImpersonatingAccount', 'hardhat_stopImpersonatingAccount'],
      parameters: [addressParameter()],
      result: 'Ends that.',
      example: [OTHER],
      handle: (_, address) => development.setImpersonated(address, false),
    }),
    ...devRow({
      names: ['anvil_autoImpersonateAccount'],
      parameters: [flagParameter('enabled')],
      result: 'The same for every address there is.',
      example: [false],
      handle: (_, enabled) => development.setImpersonatesAll(enabled),
    }),
  ];
}

function sendingMethods(development: Development): Method[] {
  const sendRaw = METHOD_TABLE.get('eth_sendRawTransaction') as Method;
  return [
    ...devRow({
      names: ['eth_accounts', 'eth_requestAccounts'],
      parameters: [],
      result: 'The accounts whose keys the process holds.',
      schema: listOf(ADDRESS),
      handle: () => development.addresses,
    }),
    ...devRow({
      names: ['eth_sendTransaction'],
      parameters: [sendParameter()],
      result: 'Signs and sends a transaction, or sends it for an impersonated account. Its hash.',
      schema: HASH,
      cost: 'execution',
      example: [TRANSFER],
      handle: function* ({ node }, request) {
        // Before what is missing is computed, which would complain of an account's coins first.
        development.requireActor(request.from);
        const complete = yield* fillTransaction(node, request, development.nextBlock);
        return submit(development, development.actFor(request.from, complete));
      },
    }),
    ...devRow({
      names: ['eth_sendUnsignedTransaction'],
      parameters: [sendParameter()],
      result: 'Sends a transaction of any address, impersonated or not. Its hash.',
      schema: HASH,
      cost: 'execution',
      example: [{ ...TRANSFER, from: OTHER }],
      handle: function* ({ node }, request) {
        const complete = yield* fillTransaction(node, request, development.nextBlock);
        return submit(development, createUnsignedTransaction(complete, request.from));
      },
    }),
    ...devRow({
      names: ['eth_signTransaction'],
      parameters: [sendParameter()],
      result: 'The signed transaction, which is not sent.',
      schema: BYTES,
      cost: 'execution',
      example: [TRANSFER],
      handle: function* ({ node }, request) {
        const complete = yield* fillTransaction(node, request, development.nextBlock);
        return toHex(development.signTransaction(complete, request.from).raw);
      },
    }),
    ...devRow({
      names: [sendRaw.name],
      parameters: [bytesParameter('transaction', 'the signed transaction', 2 * MAX_TRANSACTION_BYTES)],
      result: 'As on every node, but the block that the transaction calls for stands when the answer comes.',
      schema: HASH,
      cost: 'execution',
      handle: async (call, raw) => {
        const hash = await sendRaw.run(call, [raw]);
        await development.sealer.settled();
        return hash;
      },
      handleTogether: function* (call, lists) {
        const outcomes = yield* sendTogether(call.node, lists);
        return development.sealer.settled().then(() => outcomes);
      },
    }),
  ];
}

function signingMethods(development: Development): Method[] {
  const message = bytesParameter('message', 'bytes', MAX_BODY_BYTES / 2);
  const signMessage = (address: Address, bytes: Uint8Array) =>
    signatureToHex(development.sign(address, messageDigest(bytes)));
  return [
    ...devRow({
      names: ['eth_sign'],
      parameters: [addressParameter(), message],
      result: 'The signature of a message (EIP-191).',
      schema: SIGNATURE,
      cost: 'execution',
      example: [SENDER, '0x6869'],
      handle: (_, address, bytes) => signMessage(address, bytes),
    }),
    ...devRow({
      names: ['personal_sign'],
      parameters: [message, addressParameter(), unusedPassphraseParameter()],
      result: 'The same with its parameters the other way round.',
      schema: SIGNATURE,
      cost: 'execution',
      example: ['0x6869', SENDER],
      handle: (_, bytes, address) => signMessage(address, bytes),
    }),
    ...devRow({
      names: ['eth_signTypedData_v4', 'eth_signTypedData'],
      parameters: [addressParameter(), typedDataParameter()],
      result: 'The signature of typed data (EIP-712).',
      schema: SIGNATURE,
      cost: 'execution',
      example: [SENDER, { types: { EIP712Domain: [], Hi: [] }, primaryType: 'Hi', domain: {}, message: {} }],
      handle: (_, address, typedData) => signatureToHex(development.sign(address, hashTypedData(typedData))),
    }),
  ];
}

/** Sends a transaction and answers its hash; throws −32000 in geth's words when the pool does not take it. */
async function submit(development: Development, transaction: Transaction): Promise<Hash> {
  const fault = await development.send(transaction);
  if (fault) throw serverError(sendFaultMessage(fault));
  return transaction.hash;
}

/** EIP-191, version 0x45. */
function messageDigest(message: Uint8Array): Uint8Array {
  return keccak256(concatBytes(textToBytes(`\x19Ethereum Signed Message:\n${message.length}`), message));
}

/** r, s and v in 65 bytes. */
function signatureToHex(signature: Signature): string {
  const bytes = encodeSeal(signature);
  bytes[64] = FIRST_V + signature.recovery;
  return toHex(bytes);
}
