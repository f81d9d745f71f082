// @ts-check
// A miner of its own: gets work from a node, searches, submits what it finds. The node's own mining threads may be off.
// Run beside "npm start"; a developer's chain has no proof of work, and any other node needs a data directory with its token:
//   node examples/6-mine-for-a-node.mjs [RPC address] [token file] [blocks to find]
import { existsSync, readFileSync } from 'node:fs';
import { fromHex, search, targetToWords } from '@wattchain/core';
import { callNode, giveUp } from './node.mjs';

const {
  2: rpcUrl = process.env.WATTCHAIN_RPC ?? 'http://127.0.0.1:8547',
  3: tokenFile = '.wattchain/testbed/miner-1/control.token',
  4: blocks = '3',
} = process.argv;
if (!existsSync(tokenFile)) {
  giveUp(
    `There is no token in ${tokenFile}: this example needs the data directory of a node, as "npm start" makes them.`,
  );
}
const token = readFileSync(tokenFile, 'utf8').trim();
const NONCES_PER_LOOK = 4096; // about 50 ms of searching between two looks for newer work

/** @param {string} method @param {unknown[]} params */
async function call(method, ...params) {
  const { result, error } = await callNode(method, params, { authorization: `Bearer ${token}` }, rpcUrl);
  if (error) giveUp(`${method} at ${rpcUrl}: ${error.message}`);
  return result;
}
/** @param {bigint | number} value @param {number} bytes */
const hex = (value, bytes) => `0x${value.toString(16).padStart(2 * bytes, '0')}`;

let found = 0;
let work = await call('watt_getWork');
let nonce = 0;
while (found < Number(blocks)) {
  const { solution } = search(
    fromHex(work.sealHash),
    targetToWords(BigInt(work.target)),
    BigInt(work.extraNonceStart),
    work.midstateCount,
    nonce,
    nonce + NONCES_PER_LOOK,
    undefined,
  );
  nonce += NONCES_PER_LOOK;
  if (solution) {
    const nonces = [hex(solution.extraNonce, 8), hex(solution.headerNonce, 4)];
    const { accepted, hash, reason } = await call('watt_submitWork', work.sealHash, ...nonces);
    console.log(accepted ? `block ${work.height} is ours: ${hash}` : `block ${work.height} refused: ${reason.detail}`);
    if (accepted) found++;
  }
  const newest = await call('watt_getWork');
  if (solution || newest.sealHash !== work.sealHash) {
    work = newest; // with extra nonces that nobody else tries
    nonce = 0;
  }
}
