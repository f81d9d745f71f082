// @ts-check
// An emulator of a power system: a program that "wattchain community run --feeder http://127.0.0.1:8600" asks over JSON-RPC what the
// lines of its feeder let through. It is told what all meters show, and answers with limits by period and with what the transformer's
// own meter counted. In place of this model stands whatever computes power flows: pandapower, OpenDSS, a real-time simulator.
// node examples/11-a-power-system.mjs [PORT] [RATING in kVA]     then, in another terminal:
// npx wattchain community run --data packages/market/data/fontana_ca_17homes_week_2017-07-01_07.csv --feed-in 0.05 \
//   --rule pool:mmr --feeder http://127.0.0.1:8600 --out out/feeder
import { createServer } from 'node:http';

const port = Number(process.argv[2] ?? 8600);
const ratingKw = Number(process.argv[3] ?? 15);
const MOST_BYTES = 50_000_000;

/**
 * The transformer's winding warms up with what it carried: after a period above four fifths of its rating it may carry a fifth less.
 * Every line loses three per cent of what it carries.
 * @param {{ periodSeconds: number, starts: number[], homes: { name: string, consumedMwh: number[], producedMwh: number[] }[] }} question
 */
function feeder({ periodSeconds, starts, homes }) {
  /** Mean power through a line in a period, kW: below 0 where it goes out. @param {typeof homes} behind @param {number} period */
  const flow = (behind, period) => {
    const mwh = behind.reduce(
      (sum, home) => sum + (home.consumedMwh[period] ?? 0) - (home.producedMwh[period] ?? 0),
      0,
    );
    return (mwh / 1_000_000) * (3_600 / periodSeconds);
  };
  const half = homes.slice(0, Math.ceil(homes.length / 2));
  let isWarm = false;
  const periods = starts.map((start, period) => {
    const limitKw = isWarm ? ratingKw * 0.8 : ratingKw;
    const kw = flow(homes, period);
    isWarm = Math.abs(kw) > ratingKw * 0.8;
    const countedKwh = (kw + Math.abs(kw) * 0.03) * (periodSeconds / 3_600);
    return { start, exportKw: limitKw.toFixed(3), importKw: limitKw.toFixed(3), countedKwh: countedKwh.toFixed(6) };
  });
  // From the far end to the grid: a branch with half of the homes, then the transformer with all of them.
  return {
    lines: [
      { name: 'branch', homes: half.map(({ name }) => name), exportKw: (ratingKw * 0.6).toFixed(3) },
      { name: 'transformer', homes: homes.map(({ name }) => name), periods },
    ],
  };
}

/** @param {string} body */
function answerTo(body) {
  const { id = null, method, params } = JSON.parse(body);
  if (method !== 'power_feeder')
    return { jsonrpc: '2.0', id, error: { code: -32601, message: `the method ${method} does not exist` } };
  return { jsonrpc: '2.0', id, result: feeder(params[0]) };
}

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const pieces = [];
  let length = 0;
  request.on('data', (piece) => {
    pieces.push(piece);
    length += piece.length;
    if (length > MOST_BYTES) request.destroy();
  });
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    try {
      response.end(JSON.stringify(answerTo(Buffer.concat(pieces).toString('utf8'))));
    } catch (error) {
      response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32700, message: String(error) } }));
    }
  });
});
server.listen(port, '127.0.0.1', () => console.log(`power system at http://127.0.0.1:${port}, ${ratingKw} kVA`));
