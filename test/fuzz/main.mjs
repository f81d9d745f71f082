/**
 * Inputs that nobody meant, for everything that takes bytes or text from others; docs/faults.md says what must hold.
 *
 *   npm run fuzz -- --inputs 1e7 --seed 1 --state fuzz.json     goes on where it was ended, also to a larger number
 *   npm run fuzz -- --target contracts --inputs 1e6             one target, or several: --target rlp,header
 *   npm run fuzz -- --replay fuzz-findings/rlp-1a2b3c4d.bin     runs one input again
 *   npm run fuzz -- --list
 *
 * Ends with 0, with 1 when something does not hold (each input is written to a file), with 2 when it was asked wrongly.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundle } from '../bundle.mjs';
import { BANNER, countBranches } from './instrument.mjs';
import { TARGET_NAMES } from './names.mjs';

/** The watched input: three numbers and so many bytes. */
const WATCHED_BYTES = 12 + 131_072;
/** An input that takes longer on the clock never ends: it is allowed a tenth of a second of the processor. */
const PATIENCE_MS = 30_000;
const HEAP_MB = 2_048;

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        inputs: { type: 'string', default: '1e6' },
        seed: { type: 'string', default: '1' },
        target: { type: 'string', default: '' },
        state: { type: 'string' },
        replay: { type: 'string' },
        out: { type: 'string', default: 'fuzz-findings' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const values = readOptions();
const number = (/** @type {'inputs' | 'seed'} */ name, /** @type {number} */ most) => {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  return refuse(`--${name} takes a whole number from 0 to ${most}, not "${values[name]}"`);
};
const [inputs, seed] = [number('inputs', 1e12), number('seed', 2 ** 32 - 1)];
if (values.list) {
  console.log(TARGET_NAMES.join('\n'));
  process.exit(0);
}
const replay = values.replay;
if (replay !== undefined && !existsSync(replay)) refuse(`--replay: there is no file ${replay}`);
const asked =
  values.target !== '' ? values.target : replay === undefined ? '' : basename(replay).replace(/-[^-]*$/, '');
const targets = asked === '' ? [] : asked.split(',');
const unknown = targets.find((name) => !TARGET_NAMES.includes(name));
if (unknown !== undefined) refuse(`--target: there is no target "${unknown}"; --list names them`);

const say = (/** @type {string} */ text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

/** @type {{ target: string, message: string, file: string, bytes: number }[]} */
const findings = [];
/** @param {{ target: string, message: string, input: Uint8Array }} finding */
function keep({ target, message, input }) {
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 8);
  const file = join(values.out, `${target}-${hash}.bin`);
  mkdirSync(values.out, { recursive: true });
  writeFileSync(file, input);
  findings.push({ target, message, file, bytes: input.length });
  if (values.json) return;
  console.log(`${target}: ${message}\n  ${input.length} bytes in ${file}; again: npm run fuzz -- --replay ${file}`);
}

say('putting the counters in …');
const counted = await bundle(fileURLToPath(new URL('worker.ts', import.meta.url)), {
  banner: BANNER,
  plugins: [countBranches],
});
const watched = new SharedArrayBuffer(WATCHED_BYTES);
const marks = new Int32Array(watched, 0, 3);
const worker = new Worker(counted.file, {
  workerData: { seed, inputs, targets, state: values.state, replay, watched },
  resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
});

const current = () => ({
  target: TARGET_NAMES[marks[1] ?? 0] ?? '',
  input: new Uint8Array(watched, 12).slice(0, marks[2] ?? 0),
});

/** What became of it: `done`, `replayed`, `failed`, or `ended` by the watch or for want of memory. @type {Promise<any>} */
const outcome = new Promise((resolve) => {
  let [seen, sinceMs] = [0, performance.now()];
  const watch = setInterval(() => {
    const now = Atomics.load(marks, 0);
    // Before the first input the targets make their seeds.
    if (now === 0 || now !== seen) [seen, sinceMs] = [now, performance.now()];
    if (performance.now() - sinceMs < PATIENCE_MS) return;
    keep({ ...current(), message: `does not end within ${PATIENCE_MS / 1_000} s` });
    end({ kind: 'ended' });
  }, 250);
  const end = (/** @type {unknown} */ result) => {
    clearInterval(watch);
    resolve(result);
  };
  worker.on('message', (message) => {
    if (message.kind === 'progress') say(`${message.inputs.toLocaleString('en')} inputs, ${findings.length} findings`);
    else if (message.kind === 'finding') keep(message);
    else end(message);
  });
  worker.on('error', (error) => {
    if (marks[0] === 0) return end({ kind: 'failed', message: error.stack ?? String(error) });
    keep({ ...current(), message: `ends the process: ${error.message}` });
    return end({ kind: 'ended' });
  });
  worker.on('exit', (code) => end({ kind: 'failed', message: `the fuzzing thread ended with ${code}` }));
});
const result = await outcome;
say('');
await worker.terminate();
counted.remove();

if (result.kind === 'failed') refuse(result.message);
if (result.kind === 'replayed') {
  console.log(
    result.message === undefined
      ? `holds; ${result.accepted ? 'accepted' : 'refused'}`
      : (result.stack ?? result.message),
  );
  process.exit(result.message === undefined ? 0 : 1);
}
if (values.json) console.log(JSON.stringify({ seed, ...result, findings }));
else {
  for (const { target, inputs: count, accepted, corpus, features, perSecond } of result.figures ?? []) {
    console.log(
      `${target}: ${count} inputs, ${accepted} accepted, ${features} branches and counts, ${corpus} inputs kept; real time: ${perSecond} a second`,
    );
  }
  console.log(`fuzz: seed ${seed} inputs ${result.inputs ?? '?'} findings ${findings.length}`);
}
process.exit(findings.length === 0 ? 0 : 1);
