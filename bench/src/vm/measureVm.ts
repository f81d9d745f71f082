import { cpus } from 'node:os';
import { assert } from '@wattchain/core';
import { median } from '../statistics.js';
import { measureOpcodes, type OpcodeTime } from './measureOpcodes.js';
import { opcodeCases } from './opcodeCases.js';
import { type BlockExtent, type BlockTime, measureFullBlocks } from './worstBlocks.js';

/** What `wattchain bench vm` says. */
export interface VmReport {
  readonly node: string;
  readonly cpu: string;
  /** Slowest per gas first. */
  readonly opcodes: readonly OpcodeTime[];
  readonly medianNsPerGas: number;
  /** The loop that takes longest per gas, with the moves of its operands: what a block could be full of. */
  readonly slowestLoop: OpcodeTime;
  readonly blocks: readonly BlockTime[];
  /** The block that takes longest per gas. */
  readonly slowestBlock: BlockTime;
}

/** How long it takes. */
export interface VmExtent {
  readonly rounds: number;
  /** Milliseconds of one run of an opcode at least. */
  readonly sliceMs: number;
  readonly blocks: BlockExtent;
}

/** Times every opcode, then blocks that are full of what could be slow, the slowest opcode among it. */
export async function measureVm(extent: VmExtent, progress: (text: string) => void): Promise<VmReport> {
  progress('opcodes …');
  const opcodes = [...measureOpcodes(extent.rounds, extent.sliceMs)].sort((a, b) => b.nsPerGas - a.nsPerGas);
  const slowestLoop = opcodes.reduce((slowest, each) => (each.loopNsPerGas > slowest.loopNsPerGas ? each : slowest));
  const slowestCase = opcodeCases().find(({ name }) => name === slowestLoop.name);
  assert(slowestCase !== undefined, 'every time is that of a case');
  const blocks = await measureFullBlocks(extent.blocks, slowestCase, slowestLoop.gas + slowestCase.moves, progress);
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    opcodes,
    medianNsPerGas: median(opcodes.map(({ nsPerGas }) => nsPerGas)),
    slowestLoop,
    blocks,
    slowestBlock: blocks.reduce((slowest, each) => (each.nsPerGas > slowest.nsPerGas ? each : slowest)),
  };
}
