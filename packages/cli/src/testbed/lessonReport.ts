import { formatTokens, parseTokens } from '@wattchain/market';
import { at, COLOURS, figure, MARGIN_LEFT, textAt } from '../figures/canvas.js';
import { formatTable } from '../output.js';
import type { LessonParty, LessonResult } from './lessonResult.js';
import { costFields } from './report.js';

const minus = (a: string, b: string) => formatTokens(parseTokens(a) - parseTokens(b));

/** What happened, who lost what, and whether it holds. */
export function renderLesson(result: LessonResult): string {
  return [describeTrade(result), renderParties(result), renderMoral(result), renderSummary(result)].join('\n\n');
}

function describeTrade({ period, soldKwh, deliveredKwh, price, gridPrice, explanation }: LessonResult): string {
  return [
    `The cheater: node 1 sells ${soldKwh} kWh of ${period} to node 2 at ${price} ENT for 150 Wh, while the grid takes ${gridPrice} ENT,`,
    `and its meter shows ${deliveredKwh} kWh delivered.`,
    '',
    explanation,
  ].join('\n');
}

function renderParties(result: LessonResult): string {
  const { seller, buyer, bond, escrow, paid, returned, compensation, gridCost } = result;
  const row = (name: string, party: LessonParty, put: string, back: string, grid: string) => [
    name,
    party.startTokens,
    put,
    back,
    party.endTokens,
    grid,
    party.afterGridTokens,
    party.honestTokens,
    party.lostTokens,
  ];
  const heading = ['ENT', 'before', 'put in', 'got out', 'after', 'to the grid', 'in the end', 'had all come', 'lost'];
  const table = formatTable(
    [
      heading,
      row('node 1, the seller', seller, `${bond} bond`, `${paid} + ${minus(bond, compensation)}`, '–'),
      row('node 2, the buyer', buyer, `${escrow} escrow`, `${returned} + ${compensation}`, gridCost),
    ],
    heading.map((_, column) => column).slice(1),
  );
  return `${table}\n\ngot out: the seller its pay and the rest of its bond, the buyer the rest of its escrow and what the bond pays`;
}

function renderMoral({ shortKwh, gridPrice, price, compensation, gridCost, returned }: LessonResult): string {
  return [
    `The seller's bond pays ${shortKwh} kWh × (${gridPrice} − ${price}) ENT for 150 Wh = ${compensation} ENT.`,
    `The grid takes ${gridCost} ENT for what did not come; ${returned} ENT came back and ${compensation} ENT came out of the bond: the buyer is whole.`,
    `Without a bond the buyer would have lost ${compensation} ENT by the seller's fault, and the seller nothing.`,
  ].join('\n');
}

function renderSummary(result: LessonResult): string {
  return formatTable([
    ...costFields(result),
    ...result.checks.map(({ what, holds }): [string, string] => [holds ? 'holds' : 'FAILS', what]),
    ['result', result.passed ? 'the cheater loses, the buyer is whole' : 'THE LESSON DOES NOT HOLD'],
  ]);
}

/** The lesson as CSV, a line for each household. */
export function renderLessonCsv({ seller, buyer }: LessonResult): string {
  const heading = [
    'household',
    'role',
    'tokens_before',
    'tokens_after',
    'tokens_in_the_end',
    'tokens_had_all_come',
    'tokens_lost',
  ];
  const line = (role: string, party: LessonParty) => [
    party.account,
    role,
    party.startTokens,
    party.endTokens,
    party.afterGridTokens,
    party.honestTokens,
    party.lostTokens,
  ];
  return `${[heading, line('seller', seller), line('buyer', buyer)].map((cells) => cells.join(',')).join('\n')}\n`;
}

const BAR_HEIGHT = 34;
const BAR_TOP = 96;
const BAR_STEP = 84;
/** Width of the larger amount. */
const BAR_WIDTH = 560;
const LABEL_X = MARGIN_LEFT;
const BAR_X = MARGIN_LEFT + 180;

/** Where escrow and bond went, as one picture. Numbers are only drawn here, so floats do. */
export function renderLessonFigure(result: LessonResult): string {
  const { escrow, paid, returned, bond, compensation } = result;
  const scale = BAR_WIDTH / Math.max(Number(escrow), Number(bond));
  const bars = [
    {
      name: "the buyer's escrow",
      parts: [
        ['paid to the seller', paid, COLOURS.sold],
        ['back to the buyer', returned, COLOURS.bought],
      ],
    },
    {
      name: "the seller's bond",
      parts: [
        ['back to the seller', minus(bond, compensation), COLOURS.sold],
        ['to the buyer', compensation, COLOURS.bought],
      ],
    },
  ] as const;
  const drawn = bars.flatMap(({ name, parts }, row) => {
    const y = BAR_TOP + row * BAR_STEP;
    let x = BAR_X;
    const boxes = parts.map(([what, tokens, colour]) => {
      const width = Number(tokens) * scale;
      const box =
        `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${BAR_HEIGHT}" fill="${colour}"/>\n` +
        textAt(x + 4, y + BAR_HEIGHT + 18, `${tokens} ENT ${what}`);
      x += width;
      return box;
    });
    return [textAt(LABEL_X, y + 22, name, { bold: true }), ...boxes];
  });
  const title = `${result.deliveredKwh} kWh of ${result.soldKwh} kWh delivered: where the tokens went`;
  return figure(BAR_TOP + bars.length * BAR_STEP + 16, title, drawn);
}
