import { Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { describeCommand } from '../commandTree.js';
import { renderBash } from './bash.js';
import { listPlaces } from './candidates.js';
import { renderFish } from './fish.js';
import { renderZsh } from './zsh.js';

const program = new Command('wattchain');
program
  .command('trade')
  .command('offer')
  .description("sell a home's surplus: now")
  .option('--readings <file.csv>', 'from a file')
  .option('--keys <dir>', 'where keys are')
  .option('--no-wait', 'do not wait')
  .option('--rpc <url>', 'the node')
  .addOption(new Option('--log-level <level>', 'how much').choices(['info', 'warn']))
  .addOption(new Option('--secret').hideHelp());
const places = listPlaces(describeCommand(program));

test('places are the program, its groups and its commands', () => {
  expect(places.map(({ words }) => words)).toEqual(['', 'trade', 'trade offer']);
  expect(places[0]?.options.map(({ long }) => long)).toEqual(['--help', '--version']);
  expect(places[1]?.commands).toEqual([{ name: 'offer', description: "sell a home's surplus: now" }]);
  expect(places[2]?.options.map(({ long, value }) => [long, value])).toEqual([
    ['--readings', 'file'],
    ['--keys', 'directory'],
    ['--no-wait', 'none'],
    ['--rpc', 'other'],
    ['--log-level', 'choices'],
    ['--help', 'none'],
  ]);
});

describe('a script names every command, option and choice, and quotes what descriptions hold', () => {
  test('bash', () => {
    const script = renderBash(places);
    expect(script).toContain("'trade') offered='offer --help' ;;");
    expect(script).toContain("'trade offer') offered='--readings --keys --no-wait --rpc --log-level --help' ;;");
    expect(script).toContain(
      `'trade offer:--log-level') COMPREPLY=($(compgen -W 'info warn' -- "$current")); return ;;`,
    );
    expect(script).toContain("'trade offer:--readings') compopt -o default; return ;;");
  });

  test('zsh', () => {
    const script = renderZsh(places);
    expect(script).toContain(String.raw`commands=('offer:sell a home'\''s surplus: now')`);
    expect(script).toContain("'--no-wait:do not wait'");
    expect(script).toContain("'trade offer:--log-level') compadd -- info warn; return ;;");
    expect(script).toContain("'trade offer:--keys') _files -/; return ;;");
  });

  test('fish', () => {
    const script = renderFish(places);
    expect(script).toContain(
      String.raw`complete -c wattchain -n '__wattchain_at " trade"' -a offer -d 'sell a home\'s surplus: now'`,
    );
    expect(script).toContain(`complete -c wattchain -n '__wattchain_at " trade offer"' -l no-wait -d 'do not wait'`);
    expect(script).toContain(`-l log-level -xa 'info warn' -d 'how much'`);
    expect(script).toContain(`-l readings -rF -d 'from a file'`);
  });
});
