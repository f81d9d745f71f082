import type { DevelopmentNode, HeadEvent } from '@wattchain/node';
import { describeFailure } from '@wattchain/vm';
import type { Output } from './output.js';

/** Characters of a call's parameters that a line shows. */
const MAX_PARAMETERS_LENGTH = 120;
/** Characters of an error's message that a line shows. */
const MAX_MESSAGE_LENGTH = 200;
/** Hex longer than this is shown by its ends. */
const MAX_HEX_LENGTH = 22;

/** Prints a line for every call and every block of a development node. */
export function printCalls(node: DevelopmentNode, output: Output): void {
  node.rpc.onAnswered((call) => output.progress(describeCall(call)));
  node.chain.on('head', (event) => {
    for (const line of describeHead(event)) output.progress(line);
  });
}

/** One call: method, parameters, duration and outcome. Text of clients is JSON, so that it cannot forge a line. */
export function describeCall(call: Parameters<Parameters<DevelopmentNode['rpc']['onAnswered']>[0]>[0]): string {
  const { method, params, durationMs, error } = call;
  const name = /^\w{1,80}$/.test(method) ? method : JSON.stringify(method.slice(0, 80));
  const shown = cut(JSON.stringify(params, shortenHex).slice(1, -1), MAX_PARAMETERS_LENGTH);
  const outcome = error === undefined ? 'ok' : `error ${error.rpcCode}: ${oneLine(error.message)}`;
  return `${name}(${shown})  ${durationMs.toFixed(1)} ms  ${outcome}`;
}

/** What changed: a line for each new block, and one for each of its transactions that failed. */
export function describeHead({ head, added, removed }: HeadEvent): string[] {
  if (removed.length > 0) return [`  back to block ${head.header.height} ${shorten(head.hash)}`];
  return added.flatMap(({ record, transactions, receipts }) => [
    `  block ${record.header.height} ${shorten(record.hash)}  ${transactions.length} transaction${transactions.length === 1 ? '' : 's'}, ${record.header.gasUsed} gas`,
    ...receipts.flatMap(({ failure }, index) =>
      failure === null
        ? []
        : [`  transaction ${shorten(transactions[index]?.hash ?? '')} failed: ${oneLine(describeFailure(failure))}`],
    ),
  ]);
}

function shortenHex(_key: string, value: unknown): unknown {
  return typeof value === 'string' && /^0x[0-9a-fA-F]+$/.test(value) ? shorten(value) : value;
}

function shorten(hex: string): string {
  return hex.length <= MAX_HEX_LENGTH ? hex : `${hex.slice(0, 10)}…${hex.slice(-4)}`;
}

/** What nodes and contracts say may hold text of strangers, with control characters in it. */
function oneLine(text: string): string {
  return cut(text.replace(/\p{Cc}+/gu, ' '), MAX_MESSAGE_LENGTH);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
