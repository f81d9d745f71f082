// @ts-check
// Try a contract in memory, without a node and without keys, as its tests do.
// Run: node examples/7-try-a-contract.mjs
import { readFileSync } from 'node:fs';
import { assemble, Sandbox } from '@wattchain/vm';

const sandbox = new Sandbox();
const [alice, bob] = sandbox.accounts;
const artifact = assemble(readFileSync(new URL('counter.wca', import.meta.url), 'utf8'), 'counter.wca');
const counter = sandbox.deploy(artifact, [], { from: alice });

const { output, events, gasUsed } = counter.send('increment', [], { from: bob });
console.log(`increment returned ${output} and used ${gasUsed} gas`);
console.log(`counted by ${events[0]?.args.by}, who is ${events[0]?.args.by === bob ? 'Bob' : 'somebody else'}`);
console.log(`count is ${counter.call('count')}`);

// What a contract refuses is thrown, with the reason and the line of the source.
try {
  counter.send('increment', [], { from: bob, value: 1n });
} catch (error) {
  console.log(`refused: ${error instanceof Error ? error.message : error}`);
}
