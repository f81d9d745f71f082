/** What `eth_sendTransaction` and its like take: a call with a nonce, and fees of one of three kinds. */
import type { AccessList, Address } from '@wattchain/core';
import { addressParameter, type CallRequest, callParameter, type Parameter } from '../../protocol/parameter.js';
import { invalidParams } from '../../protocol/rpcError.js';
import { CALL_TAKEN } from '../../protocol/takenSchemas.js';
import { readOwn, wholeParameter, wordParameter } from './devParameters.js';

/** The kind of a transaction and what of its fees is given. */
export type FeeRequest =
  | { readonly type: 0 | 1; readonly gasPrice: bigint | undefined }
  | {
      readonly type: 2;
      readonly maxFeePerGas: bigint | undefined;
      readonly maxPriorityFeePerGas: bigint | undefined;
    };

/** What `eth_sendTransaction` sends. */
export interface SendRequest extends Omit<CallRequest, 'from'> {
  readonly from: Address;
  readonly nonce: number | undefined;
  readonly fees: FeeRequest;
  /** The chain that it is meant for, if it says so. */
  readonly chainId: number | undefined;
}

/** Genesis amounts stay below this too, so a cost stays a word. */
const PRICE_LIMIT = 1n << 128n;
/** Fields of blob and set-code transactions, which nobody sends here. */
const OTHER_KINDS = ['maxFeePerBlobGas', 'blobVersionedHashes', 'blobs', 'authorizationList'];

/** The object of a call that is sent. */
export function sendParameter(): Parameter<SendRequest> {
  const call = callParameter();
  return {
    name: 'transaction',
    takes:
      'an object with from, to, value, data (or input), gas, nonce, chainId, type, accessList, and gasPrice or maxFeePerGas and maxPriorityFeePerGas',
    schema: { ...CALL_TAKEN, required: ['from'] },
    optional: false,
    read: (value) => {
      const request = call.read(value);
      const object = value as object;
      const from = readOwn(object, 'from', addressParameter());
      if (from === undefined) throw invalidParams('"from" is missing: it names the account that sends');
      return {
        ...request,
        from,
        nonce: readOwn(object, 'nonce', wholeParameter('nonce', Number.MAX_SAFE_INTEGER - 1)),
        fees: readFees(object, request.accessList),
        chainId: readOwn(object, 'chainId', wholeParameter('chainId', Number.MAX_SAFE_INTEGER)),
      };
    },
  };
}

/** Without a type the fees tell it, as in geth: a gas price makes types 0 and 1, everything else type 2. */
function readFees(object: object, accessList: AccessList | undefined): FeeRequest {
  for (const name of OTHER_KINDS) {
    if (Object.hasOwn(object, name) && isGiven((object as Record<string, unknown>)[name])) {
      throw invalidParams(`"${name}": blob and set-code transactions are not supported, types 0, 1 and 2 are`);
    }
  }
  const price = (name: string) => readOwn(object, name, wordParameter(name, PRICE_LIMIT));
  const gasPrice = price('gasPrice');
  const maxFeePerGas = price('maxFeePerGas');
  const maxPriorityFeePerGas = price('maxPriorityFeePerGas');
  const hasTwoFees = maxFeePerGas !== undefined || maxPriorityFeePerGas !== undefined;
  if (gasPrice !== undefined && hasTwoFees) {
    throw invalidParams('both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified');
  }
  const told = gasPrice === undefined ? 2 : accessList === undefined ? 0 : 1;
  const type = readOwn(object, 'type', wholeParameter('type', 255)) ?? told;
  if (type > 2) throw invalidParams(`"type": transaction type not supported: ${type}; 0, 1 and 2 are`);
  if (type < 2 && hasTwoFees) throw invalidParams(`a transaction of type ${type} has a gasPrice, and no other fees`);
  if (type === 2 && gasPrice !== undefined) {
    throw invalidParams('a transaction of type 2 has maxFeePerGas and maxPriorityFeePerGas, no gasPrice');
  }
  if (type === 0 && accessList !== undefined && accessList.length > 0) {
    throw invalidParams('a transaction of type 0 has no access list');
  }
  return type === 2 ? { type, maxFeePerGas, maxPriorityFeePerGas } : { type: type === 0 ? 0 : 1, gasPrice };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
