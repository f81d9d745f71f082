/** What a server needs to listen, and why it cannot. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { WattchainError } from '@wattchain/core';
import type { RpcConfig } from '../../config.js';

/** Certificate and key where the configuration names them. Errors: `badCertificate`. */
export function readCertificate({ tlsCertPath, tlsKeyPath }: RpcConfig): { cert: Buffer; key: Buffer } | undefined {
  if (tlsCertPath === undefined || tlsKeyPath === undefined) return undefined;
  const read = (path: string) => {
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new WattchainError('badCertificate', `${path} cannot be read`, {
        values: { path },
        hint: 'rpc.tlsCertPath and rpc.tlsKeyPath name PEM files that the node may read',
        cause,
      });
    }
  };
  const pair = { cert: read(tlsCertPath), key: read(tlsKeyPath) };
  try {
    createSecureContext(pair);
  } catch (cause) {
    throw new WattchainError('badCertificate', `${tlsCertPath} and ${tlsKeyPath} are no certificate and its key`, {
      values: { tlsCertPath, tlsKeyPath },
      hint: 'both are PEM files, and the key belongs to the certificate',
      cause,
    });
  }
  return pair;
}

/** Why the server cannot listen: `portInUse`, `rpcListen`. */
export function listenError(host: string, port: number, cause: Error): WattchainError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new WattchainError('portInUse', `port ${port} on ${host} is in use, so JSON-RPC cannot listen there`, {
      values: { host, port },
      hint: 'stop the other program (perhaps another node) or choose another port: rpc.port or --rpc-port, --port of wattchain dev',
      cause,
    });
  }
  return new WattchainError('rpcListen', `JSON-RPC cannot listen on ${host}, port ${port}: ${cause.message}`, {
    values: { host, port },
    hint: 'rpc.host must be an address of this machine, and ports below 1024 need special rights',
    cause,
  });
}
