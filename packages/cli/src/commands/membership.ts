import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toHex } from '@wattchain/core';
import {
  CONFIG_FILE,
  loadNodeConfig,
  type NodeConfigInput,
  peerIdIn,
  readNodeConfigFile,
  resolveNodeConfig,
  systemRuntime,
} from '@wattchain/node';
import type { Command } from 'commander';
import { makePrivateDirectory, writeInto } from '../directory.js';
import { formatFields, toJson } from '../output.js';
import { addCommand } from '../program.js';
import { writeSecret } from '../secretFile.js';
import { withoutMember } from './withoutMember.js';

const NETWORK_KEY_BYTES = 32;

interface RevokeOptions {
  readonly data: string;
}

/** `wattchain peer-key`, `network-key`, `revoke`: who belongs to a network, and who no longer does. */
export function addMembershipCommands(program: Command): void {
  addCommand(
    program,
    'peer-key <dir>',
    "print the peer id of a data directory's node; makes its key, peer.key, where there is none",
    (command) => command,
    async (output, _options, directory = '') => {
      const dataDir = resolve(directory);
      makePrivateDirectory(dataDir);
      const peerId = await peerIdIn(dataDir, systemRuntime().random);
      output.result(
        { dataDir, peerId },
        formatFields([
          ['peer id', peerId],
          ['key', join(dataDir, 'peer.key')],
          ['next', `wattchain init --data ${directory} --member ${peerId} --member …`],
        ]),
      );
    },
  );

  addCommand(
    program,
    'network-key <file>',
    'make the key of a private network: only nodes that have it can connect to each other',
    (command) => command,
    async (output, _options, file = '') => {
      const path = resolve(file);
      // The file that libp2p's other implementations read, too.
      const hex = toHex(new Uint8Array(randomBytes(NETWORK_KEY_BYTES))).slice(2);
      writeSecret(path, `/key/swarm/psk/1.0.0/\n/base16/\n${hex}\n`);
      output.result(
        { file: path },
        formatFields([
          ['network key', path],
          ['next', `give it to every node, by a way that nobody reads: wattchain init --network-key ${file} …`],
        ]),
      );
    },
  );

  addCommand<RevokeOptions>(
    program,
    'revoke <peer-id>',
    'take a node out of the members, so that it can no longer connect; the same on each other node, one after the other',
    (command) => command.requiredOption('--data <dir>', "this node's data directory"),
    async (output, { data }, revoked = '') => {
      const dataDir = resolve(data);
      // First as the node would read it, so that a mistake in it is named.
      loadNodeConfig(dataDir);
      const self = await peerIdIn(dataDir, systemRuntime().random);
      const config = withoutMember(readNodeConfigFile(dataDir), revoked, self);
      resolveNodeConfig(config, dataDir);
      replaceConfig(dataDir, config);
      const { members = [], allow = [] } = config.p2p ?? {};
      output.result(
        { config: join(dataDir, CONFIG_FILE), revoked, members, allow },
        formatFields([
          ['revoked', revoked],
          ['members', members.length === 0 ? 'none are named' : members.join(' ')],
          ['may connect', allow.join(' ')],
          ['next', 'start this node again, then do the same on the next one: docs/operating.md, "Taking a member out"'],
        ]),
      );
    },
  );
}

/** Put into place at once, so that a crash leaves the old file or the new one. */
function replaceConfig(dataDir: string, config: NodeConfigInput): void {
  const draft = `${CONFIG_FILE}.new`;
  writeInto(dataDir, draft, `${toJson(config)}\n`);
  renameSync(join(dataDir, draft), join(dataDir, CONFIG_FILE));
}
