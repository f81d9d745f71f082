import { toChecksumAddress, WattchainError } from '@wattchain/core';
import {
  type Council,
  describeKeyChange,
  getCouncil,
  getKeyChange,
  type KeyChange,
  type KeyChangeName,
  listKeyChanges,
  requestKeyChange,
  vetoKeyChange,
  voteOnKeyChange,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { refusePublishedOn } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatFields } from '../output.js';
import { addGroup } from '../program.js';
import { resolveAddress } from './coins.js';
import { type DoubtOptions, doubtsOfHolder, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatDuration, parseId } from './energyOptions.js';
import { formatWho, inWords } from './labels.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { type ReceiptNews, reportTransaction } from './transaction.js';

/** `wattchain council …`: whose keys act for the community, and how a lost or stolen one is replaced. */
export function addCouncilCommands(program: Command): void {
  const group = addGroup(
    program,
    'council',
    'whose keys run the bank and register meters; replace one that was lost or stolen',
  );
  addShow(group);
  addRequest(group);
  addVote(group);
  addVeto(group);
  addExplain(group);
}

function addShow(group: Command): void {
  addEnergyCommand<RpcOptions & { readonly before?: string }>(
    group,
    'show',
    'the seats and their keys, the recovery key, and the changes of keys that are open',
    (command) => withRpc(command).option('--before <block>', 'changes that were requested before this block'),
    async (output, options) => {
      const bounds = options.before === undefined ? {} : { before: parseId('--before', options.before) };
      const connection = await connectTo(options);
      const { councilAddress } = connection.contracts();
      const [council, changes] = await Promise.all([
        getCouncil(connection.client, { councilAddress }),
        listKeyChanges(connection.client, { councilAddress, ...bounds }),
      ]);
      const open = changes.entries.filter(({ state }) => state === 'open');
      const older = changes.next === undefined ? [] : [`--before ${changes.next} looks at requests of earlier blocks`];
      const text = [renderCouncil(connection, council, open), ...older].join('\n\n');
      output.result({ ...council, open, next: changes.next ?? null }, text);
    },
  );
}

function renderCouncil(connection: Connection, council: Council, open: readonly KeyChange[]): string {
  const fields = formatFields([
    ['council', toChecksumAddress(connection.contracts().councilAddress)],
    ...council.members.map(({ seat, key, isFrozen }): [string, string] => [
      `seat ${seat}`,
      `${formatWho(connection, key)}${isFrozen ? ', frozen by a veto until its change is decided' : ''}`,
    ]),
    ['recovery key', council.recoveryKey === undefined ? 'none' : formatWho(connection, council.recoveryKey)],
    ['notice', formatDuration(council.noticeSeconds)],
  ]);
  const changes = open.map((change) => inWords(connection, describeKeyChange(change)));
  return [fields, ...(changes.length === 0 ? ['no change of keys is open'] : changes)].join('\n\n');
}

/** Options that name a change: a key and the one that is to take its place. */
interface ChangeOptions {
  readonly old: string;
  readonly new: string;
}

function withChange(command: Command): Command {
  return command
    .requiredOption('--old <who>', 'the key that is lost or stolen: an address, a key name, or testbed:operator-1')
    .requiredOption('--new <who>', 'the key that is to take its place');
}

const keysOf = (options: ChangeOptions & { readonly keys?: string }) => ({
  oldKey: resolveAddress(options.old, options.keys),
  newKey: resolveAddress(options.new, options.keys),
});

const changeText = (connection: Connection, { oldKey, newKey }: KeyChangeName) =>
  `${formatWho(connection, newKey)} in place of ${formatWho(connection, oldKey)}`;

function addRequest(group: Command): void {
  addEnergyCommand<SendingOptions & DoubtOptions & ChangeOptions>(
    group,
    'request-key-change',
    "ask that another key act for a seat; members and the recovery key only. A member's request for another's key is its vote",
    (command) =>
      withExample(
        withChange(withDoubts(withSending(command))),
        'wattchain council request-key-change --from operator-2 --old operator-1 --new operator-1-new',
      ),
    async (output, options) => {
      const keys = keysOf(options);
      const { connection, signer } = await connectSigner(options);
      refusePublishedOn(connection, keys.newKey);
      await settleDoubts(output, options, await doubtsOfHolder(connection, 'new key', keys.newKey));
      const hash = await requestKeyChange(signer, { councilAddress: connection.contracts().councilAddress, ...keys });
      const what = `requested: ${changeText(connection, keys)}`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection, keys));
    },
  );
}

function addVote(group: Command): void {
  addEnergyCommand<SendingOptions & ChangeOptions & { readonly approve?: boolean; readonly reject?: boolean }>(
    group,
    'vote',
    'approve or reject a change of keys: members whose key it is not, and the recovery key, which approves after the notice',
    (command) =>
      withExample(
        withChange(withSending(command))
          .option('--approve', 'the new key takes the place of the old')
          .option('--reject', 'the old key stays'),
        'wattchain council vote --from recovery --old operator-1 --new operator-1-new --approve',
      ),
    async (output, options) => {
      const approve = options.approve === true;
      if (approve === (options.reject === true)) {
        throw new WattchainError('badVote', 'it takes one of --approve and --reject', {
          hint: 'ask the holder of the old key by another way first',
        });
      }
      const keys = keysOf(options);
      const { connection, signer } = await connectSigner(options);
      const { requestedAt } = await openChange(connection, keys);
      const { councilAddress } = connection.contracts();
      const hash = await voteOnKeyChange(signer, { councilAddress, ...keys, requestedAt, approve });
      const what = `${approve ? 'approved' : 'rejected'}: ${changeText(connection, keys)}`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection, keys));
    },
  );
}

function addVeto(group: Command): void {
  addEnergyCommand<SendingOptions & ChangeOptions>(
    group,
    'veto',
    'freeze both keys until a change is decided; by the old key, another member or the recovery key, never by who asked for it',
    (command) =>
      withExample(
        withChange(withSending(command)),
        'wattchain council veto --from operator-1 --old operator-1 --new operator-1-new',
      ),
    async (output, options) => {
      const keys = keysOf(options);
      const { connection, signer } = await connectSigner(options);
      const { requestedAt } = await openChange(connection, keys);
      const { councilAddress } = connection.contracts();
      const hash = await vetoKeyChange(signer, { councilAddress, ...keys, requestedAt });
      const what = `vetoed: ${changeText(connection, keys)}`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection, keys));
    },
  );
}

function addExplain(group: Command): void {
  addEnergyCommand<RpcOptions & ChangeOptions & { readonly keys?: string }>(
    group,
    'explain',
    'where a change of keys stands and why, in a sentence',
    (command) =>
      withChange(withRpc(command)).option(
        '--keys <dir>',
        'directory of key files (default: $WATTCHAIN_KEYS or ~/.wattchain/keys)',
      ),
    async (output, options) => {
      const keys = keysOf(options);
      const connection = await connectTo(options);
      const { values, text } = await standingOf(connection, keys);
      output.result(values, text);
    },
  );
}

const readChange = ({ client, contracts }: Connection, keys: KeyChangeName) =>
  getKeyChange(client, { councilAddress: contracts().councilAddress, ...keys });

/** A change that can be voted on. Errors: `unknownKeyChange`, `notOpen`. */
async function openChange(connection: Connection, keys: KeyChangeName): Promise<KeyChange> {
  const change = await readChange(connection, keys);
  if (change.state === 'open') return change;
  throw new WattchainError('notOpen', inWords(connection, describeKeyChange(change)), {
    values: { ...change },
    hint: 'wattchain council show names the changes that are open',
  });
}

async function standingOf(connection: Connection, keys: KeyChangeName): Promise<ReceiptNews> {
  const change = await readChange(connection, keys);
  const explanation = inWords(connection, describeKeyChange(change));
  return { values: { ...change, explanation }, text: explanation };
}
