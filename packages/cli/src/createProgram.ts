import { Command } from 'commander';
import { addAccountCommands } from './commands/account.js';
import { addBankCommands } from './commands/bank.js';
import { addBenchCommand } from './commands/bench.js';
import { addChainCommands } from './commands/chain.js';
import { addCoinCommands } from './commands/coins.js';
import { addContractCommands } from './commands/contract.js';
import { addDevCommand } from './commands/dev.js';
import { addInitCommand } from './commands/init.js';
import { addMeterCommands } from './commands/meter.js';
import { addNodeCommand } from './commands/node.js';
import { addSealKeyCommand } from './commands/sealKey.js';
import { addTestbedCommand } from './commands/testbed.js';
import { addTradeCommands } from './commands/trade.js';

/** The command line with all its commands; `runProgram` parses arguments with it, once. */
export function createProgram(): Command {
  const program = new Command('wattchain').description(
    'A proof-of-work blockchain on which the households of a microgrid trade electricity.',
  );
  addTestbedCommand(program);
  addDevCommand(program);
  addInitCommand(program);
  addNodeCommand(program);
  addSealKeyCommand(program);
  addAccountCommands(program);
  addCoinCommands(program);
  addBankCommands(program);
  addTradeCommands(program);
  addMeterCommands(program);
  addChainCommands(program);
  addContractCommands(program);
  addBenchCommand(program);
  return program;
}
