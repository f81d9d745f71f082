/**
 * Four real nodes for a long time: trades, a node that is stopped and started, clients that come and go, peers that lie. What they take of memory,
 * files, time and disk is measured, drawn and judged; docs/faults.md says by which limits.
 *
 *   npm run soak -- --minutes 60 --out soak      writes soak/samples.csv, soak/soak.svg and soak/report.json, also while it runs
 *
 * Ends with 0, with 1 when something grows or is late, with 2 when it was asked wrongly.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from '../bundle.mjs';

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        minutes: { type: 'string', default: '60' },
        'sample-seconds': { type: 'string', default: '5' },
        'block-ms': { type: 'string', default: '5000' },
        out: { type: 'string', default: 'soak' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const values = readOptions();
const number = (
  /** @type {'minutes' | 'sample-seconds' | 'block-ms'} */ name,
  /** @type {number} */ least,
  /** @type {number} */ most,
) => {
  const value = Number(values[name]);
  return value >= least && value <= most
    ? value
    : refuse(`--${name} takes a number from ${least} to ${most}, not "${values[name]}"`);
};
const options = {
  minutes: number('minutes', 0.1, 10_000),
  sampleSeconds: number('sample-seconds', 0.5, 600),
  blockIntervalMs: number('block-ms', 300, 600_000),
  out: values.out,
  onProgress: (/** @type {string} */ text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  },
};

const made = await bundle(fileURLToPath(new URL('run.ts', import.meta.url)));
const { soak } = await import(pathToFileURL(made.file).href);
made.remove();
/** @type {{ minutes: number, counts: Record<string, number>, heights: number[], broken: number, judgements: { what: string, node: number, value: number, limit: number, holds: boolean }[] }} */
const report = await soak(options);
options.onProgress('');
if (values.json) console.log(JSON.stringify(report));
else {
  for (const { what, node, value, limit, holds } of report.judgements) {
    console.log(`node ${node}: ${what} ${value.toFixed(2)} (limit ${limit})${holds ? '' : ': NOT WITHIN IT'}`);
  }
  console.log(
    `heights ${report.heights.join(', ')}; ${Object.entries(report.counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  );
  console.log(
    `soak: minutes ${report.minutes} broken ${report.broken}; ${values.out}/samples.csv, soak.svg, report.json`,
  );
}
process.exit(report.broken === 0 ? 0 : 1);
