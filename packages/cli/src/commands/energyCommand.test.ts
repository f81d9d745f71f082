import { WattchainError } from '@wattchain/core';
import { CONTRACT_ARTIFACTS, doubtsOfOffer, explainRefusal, refusalError } from '@wattchain/market';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { loadMarketArtifacts } from '../artifacts.js';
import { createProgram } from '../createProgram.js';
import { COMMAND_HINTS, inCommands } from './energyCommand.js';

const sources = loadMarketArtifacts().flatMap((artifact) => artifact.sources.map(({ text }) => text));
const errorNames = Object.values(CONTRACT_ARTIFACTS)
  .flatMap(({ abi }) => abi as readonly { type: string; name?: string }[])
  .filter(({ type }) => type === 'error')
  .map(({ name }) => name);

describe('hints as commands', () => {
  it('stand for errors that the contracts and the library have', () => {
    const known = [...sources.join('').matchAll(/require\([^;]*?"([^"]+)"\s*\)/g)].map((match) => match[1]);
    const ofLibrary = ['unknownOffer', 'unknownTrade', 'unknownPayout', 'unknownKeyChange', 'power'];
    expect([...known, ...errorNames, ...ofLibrary]).toEqual(expect.arrayContaining(Object.keys(COMMAND_HINTS)));
  });

  it('name commands and options that there are', async () => {
    const program = await createProgram();
    for (const hint of Object.values(COMMAND_HINTS)) {
      for (const [, group, name, options] of hint.matchAll(
        /wattchain ([a-z]+) ([a-z-]+)((?: --[a-z]+(?: [A-Za-z0-9]+)?)*)/g,
      )) {
        const command = childOf(childOf(program, group), name);
        const flags = command.options.map(({ long }) => long);
        for (const [flag] of String(options).matchAll(/--[a-z]+/g)) expect(flags, hint).toContain(flag);
      }
    }
  });

  it('are there for what is implausible, by its reason', () => {
    const offer = {
      periodStart: 0n,
      energyMwh: 99_999_000_000n,
      price: 10n ** 18n,
      settleBy: 7_200n,
    };
    const [slip] = doubtsOfOffer(offer, {
      now: 0n,
      marketTimeOffset: 0n,
      resolutionSeconds: 3_600n,
      ratingMwh: 50_000_000n,
      showTime: String,
    });
    expect(slip?.code).toBe('power');
    const error = new WattchainError('implausible', slip?.what ?? '', { values: { reason: slip?.code } });
    expect(inCommands(error)).toMatchObject({ hint: expect.stringContaining('meter source announce') as string });
  });

  it('replace those of the library and leave the rest of an error as it is', () => {
    const limit = refusalError('LimitExceeded', [1n, 2n]);
    expect(inCommands(limit)).toMatchObject({
      code: 'refused',
      message: limit.message,
      values: limit.values,
      hint: 'another operator can raise it: wattchain bank limit',
      cause: limit,
    });
    expect(inCommands(refusalError('Error', ['this trade is closed already']))).toMatchObject({
      message: 'this trade is closed already',
      hint: 'wattchain trade show says how it ended',
    });
    const own = refusalError('Error', ['this reference was used before']);
    expect(inCommands(own)).toBe(own);
    expect(own.hint).toBe(explainRefusal('Error', ['this reference was used before']).hint);
    const other = new WattchainError('badTime', 'no time');
    expect(inCommands(other)).toBe(other);
    expect(inCommands('thrown text')).toBe('thrown text');
  });
});

function childOf(parent: Command, name: string | undefined): Command {
  const child = parent.commands.find((candidate) => candidate.name() === name);
  expect(child, `wattchain … ${name}`).toBeInstanceOf(Command);
  return child as Command;
}
