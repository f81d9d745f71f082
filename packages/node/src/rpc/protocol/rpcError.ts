import { type Hex, WattchainError } from '@wattchain/core';

/**
 * Numeric codes of JSON-RPC 2.0 (section 5.1), of geth (`-32000`, and `3` for a revert, which carries the ABI error data),
 * of EIP-1474 (`-32005`) and of EIP-1193 (`4100`).
 */
export const RPC_CODES = {
  rpcParse: -32700,
  rpcInvalidRequest: -32600,
  rpcUnknownMethod: -32601,
  rpcInvalidParams: -32602,
  rpcServer: -32000,
  rpcBusy: -32005,
  rpcReverted: 3,
  rpcUnauthorized: 4100,
} as const;
export type RpcErrorCode = keyof typeof RPC_CODES;

/** The error member of a JSON-RPC response. */
export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: Hex;
}

/** What a method throws to answer with an error: the caller's, never the node's own. */
export class RpcError extends WattchainError {
  readonly rpcCode: number;
  /** ABI error data of a revert. */
  readonly data: Hex | undefined;

  constructor(code: RpcErrorCode, message: string, data?: Hex) {
    super(code, message);
    this.rpcCode = RPC_CODES[code];
    this.data = data;
  }
}

/** The error member that tells of an error. */
export function toErrorObject(error: RpcError): RpcErrorObject {
  return { code: error.rpcCode, message: error.message, ...(error.data === undefined ? {} : { data: error.data }) };
}

/** −32602: the caller's parameter is wrong; the message says which, what it was and what it should be. */
export function invalidParams(message: string): RpcError {
  return new RpcError('rpcInvalidParams', message);
}

/** −32000: the request is well formed and cannot be answered. */
export function serverError(message: string): RpcError {
  return new RpcError('rpcServer', message);
}

/** −32601 in geth's words, on which ethers and viem fall back to what older nodes offer; with the reason where there is one. */
export function unknownMethod(name: string, reason: string | undefined): RpcError {
  const message = `the method ${name.slice(0, 80)} does not exist/is not available`;
  return new RpcError('rpcUnknownMethod', reason === undefined ? message : `${message}: ${reason}`);
}
