import { Command } from 'commander';
import { buildProgram } from './commandTree.js';
import { packageVersion } from './packageVersion.js';
import { readCommandTree } from './showHelp.js';

/** A part of the command line: the commands that it adds, and what adds them. */
interface Part {
  readonly names: readonly string[];
  readonly load: () => Promise<(program: Command) => void>;
}

/** Every part, in the order in which the help lists them. Loaded one by one, because loading all takes longer than most commands run. */
const PARTS: readonly Part[] = [
  { names: ['testbed'], load: async () => (await import('./commands/testbed.js')).addTestbedCommand },
  { names: ['dev'], load: async () => (await import('./commands/dev.js')).addDevCommand },
  { names: ['init'], load: async () => (await import('./commands/init.js')).addInitCommand },
  { names: ['node'], load: async () => (await import('./commands/node.js')).addNodeCommand },
  { names: ['db'], load: async () => (await import('./commands/db.js')).addDbCommands },
  { names: ['seal-key'], load: async () => (await import('./commands/sealKey.js')).addSealKeyCommand },
  {
    names: ['peer-key', 'network-key', 'revoke'],
    load: async () => (await import('./commands/membership.js')).addMembershipCommands,
  },
  { names: ['account'], load: async () => (await import('./commands/account.js')).addAccountCommands },
  { names: ['balance', 'send'], load: async () => (await import('./commands/coins.js')).addCoinCommands },
  { names: ['community'], load: async () => (await import('./commands/community.js')).addCommunityCommands },
  { names: ['bank'], load: async () => (await import('./commands/bank.js')).addBankCommands },
  { names: ['trade'], load: async () => (await import('./commands/trade.js')).addTradeCommands },
  { names: ['meter'], load: async () => (await import('./commands/meter.js')).addMeterCommands },
  { names: ['council'], load: async () => (await import('./commands/council.js')).addCouncilCommands },
  {
    names: ['status', 'peers', 'block', 'tx'],
    load: async () => (await import('./commands/chain.js')).addChainCommands,
  },
  { names: ['contract'], load: async () => (await import('./commands/contract.js')).addContractCommands },
  {
    names: ['completion'],
    load: async () => (await import('./commands/completion.js')).addCompletionCommand,
  },
  { names: ['bench'], load: async () => (await import('./commands/bench.js')).addBenchCommand },
];

/**
 * The command line, which `runProgram` parses arguments with, once: all of it, or what answers a line that begins with `word`. That is
 * the part that knows the command; where none does, there is nothing to run and the words of all commands suffice.
 */
export async function createProgram(word?: string): Promise<Command> {
  const part = word === undefined ? undefined : PARTS.find(({ names }) => names.includes(word));
  const tree = word === undefined || part !== undefined ? undefined : readCommandTree();
  if (tree !== undefined) return buildProgram(tree, packageVersion());
  const program = new Command('wattchain')
    .description('A proof-of-work blockchain on which the households of a microgrid trade electricity.')
    .version(packageVersion());
  for (const { load } of part === undefined ? PARTS : [part]) (await load())(program);
  return program;
}
