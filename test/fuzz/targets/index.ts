import type { Target } from '../target.js';
import { CONTRACT_TARGETS } from './contracts.js';
import { CORE_TARGETS } from './core.js';
import { accountProof, artifact, DOCUMENT_TARGETS } from './documents.js';
import { importers } from './importers.js';
import { MACHINE_TARGETS } from './machine.js';
import { PEER_TARGETS } from './peers.js';
import { jsonRpc } from './rpc.js';
import { STORED_TARGETS } from './stored.js';

/** Everything that takes bytes or text from others, in the order of `names.mjs`. */
export const TARGETS: readonly Target[] = [
  ...CORE_TARGETS,
  ...PEER_TARGETS,
  ...MACHINE_TARGETS,
  artifact,
  ...CONTRACT_TARGETS,
  accountProof,
  ...DOCUMENT_TARGETS,
  ...STORED_TARGETS,
  jsonRpc,
  importers,
];
