import { type Exchange, energyFigures, type HomeRecord } from '@wattchain/market';

/** A household's box in the energy picture. */
export interface DrawnHouse {
  readonly key: string;
  readonly household: HomeRecord;
  readonly role: 'seller' | 'buyer';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Energy one way and tokens the other; the label ends at `labelX`, between the two lines. */
export interface DrawnExchange {
  readonly exchange: Exchange;
  readonly energyPath: string;
  readonly energyHead: string;
  readonly tokenPath: string;
  readonly tokenHead: string;
  /** Of the energy line: the more energy, the thicker. */
  readonly thickness: number;
  readonly labelX: number;
  readonly labelY: number;
}

/** Where everything in the picture is, in its own pixels. */
export interface FlowLayout {
  readonly width: number;
  readonly height: number;
  readonly houses: readonly DrawnHouse[];
  readonly lines: readonly DrawnExchange[];
}

const GAP = 18;
const BOX_HEIGHT = 78;
/** Room for an energy line with its figure above and a token line with its figure below. */
const LINE_HEIGHT = 76;
/** The token line is so far below the energy line. */
const LINE_DISTANCE = 14;

/** Who produces or sold, and who else there is or bought; a household that does both is on both sides. */
function sidesOf(households: readonly HomeRecord[], exchanges: readonly Exchange[]) {
  const left = households.filter(
    ({ owner, periods }) => energyFigures(periods).producedMwh > 0n || exchanges.some(({ seller }) => seller === owner),
  );
  const right = households.filter(
    (household) => !left.includes(household) || exchanges.some(({ buyer }) => buyer === household.owner),
  );
  return { left, right };
}

const WIDE = { width: 860, box: 210 };

/** Sellers left, buyers right. Each exchange arrives at a place of its own, and there its figures stand, so that none overlap. */
export function flowLayout(households: readonly HomeRecord[], exchanges: readonly Exchange[]): FlowLayout {
  const { left, right } = sidesOf(households, exchanges);
  const sold = (household: HomeRecord) => exchanges.filter(({ seller }) => seller === household.owner);
  const bought = (household: HomeRecord) => exchanges.filter(({ buyer }) => buyer === household.owner);
  const heightOf = (lines: number) => Math.max(BOX_HEIGHT, lines * LINE_HEIGHT);
  const total = (heights: readonly number[]) => heights.reduce((sum, each) => sum + each + GAP, -GAP);
  const leftHeights = left.map((household) => Math.max(BOX_HEIGHT, sold(household).length * 2.4 * LINE_DISTANCE));
  const rightHeights = right.map((household) => heightOf(bought(household).length));
  const height = Math.max(total(leftHeights), total(rightHeights), BOX_HEIGHT) + 4;

  const place = (list: readonly HomeRecord[], heights: readonly number[], x: number, role: DrawnHouse['role']) => {
    let y = (height - total(heights)) / 2;
    return list.map((household, index): DrawnHouse => {
      const box = heights[index] ?? BOX_HEIGHT;
      const drawn = { key: `${role}${household.owner}`, household, role, x, y, width: WIDE.box, height: box };
      y += box + GAP;
      return drawn;
    });
  };
  const rightX = WIDE.width - WIDE.box - 1;
  const sellers = place(left, leftHeights, 1, 'seller');
  const buyers = place(right, rightHeights, rightX, 'buyer');
  const port = ({ y, height: box }: DrawnHouse, position: number, count: number) =>
    y + (box * (position + 0.5)) / count;

  const lines = exchanges.flatMap((exchange): DrawnExchange[] => {
    const from = sellers.find(({ household }) => household.owner === exchange.seller);
    const to = buyers.find(({ household }) => household.owner === exchange.buyer);
    if (from === undefined || to === undefined) return [];
    const outgoing = sorted(sold(from.household), ({ buyer }) => right.findIndex(({ owner }) => owner === buyer));
    const incoming = sorted(bought(to.household), ({ seller }) => left.findIndex(({ owner }) => owner === seller));
    const y1 = port(from, outgoing.indexOf(exchange), outgoing.length) - LINE_DISTANCE / 2;
    const y2 = port(to, incoming.indexOf(exchange), incoming.length) - LINE_DISTANCE / 2;
    const [x1, bend, x2] = [WIDE.box + 4, WIDE.width - WIDE.box - 150, rightX - 3];
    const middle = (x1 + bend) / 2;
    const tokenStart = y1 + LINE_DISTANCE;
    const tokenEnd = y2 + LINE_DISTANCE;
    return [
      {
        exchange,
        energyPath: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${bend} ${y2}H${x2 - 9}`,
        energyHead: arrowRight(x2, y2, 9),
        tokenPath: `M${x2} ${tokenEnd}H${bend}C${middle} ${tokenEnd} ${middle} ${tokenStart} ${x1 + 7} ${tokenStart}`,
        tokenHead: arrowLeft(x1, tokenStart, 5),
        thickness: thicknessOf(exchange, exchanges),
        labelX: x2 - 16,
        labelY: y2,
      },
    ];
  });
  return { width: WIDE.width, height, houses: [...sellers, ...buyers], lines };
}

const TALL = { width: 300, trunk: 22, child: 140 };

/** Below each seller a branch to everybody who bought from it; then those who took no part. For narrow screens. */
export function treeLayout(households: readonly HomeRecord[], exchanges: readonly Exchange[]): FlowLayout {
  const { left, right } = sidesOf(households, exchanges);
  const houses: DrawnHouse[] = [];
  const lines: DrawnExchange[] = [];
  let y = 1;
  const add = (household: HomeRecord, role: DrawnHouse['role'], x: number, key: string) => {
    houses.push({ key, household, role, x, y, width: TALL.width - x - 1, height: BOX_HEIGHT });
    y += BOX_HEIGHT + GAP;
  };
  for (const seller of left) {
    const bottom = y + BOX_HEIGHT;
    add(seller, 'seller', 1, `seller${seller.owner}`);
    for (const exchange of exchanges.filter((each) => each.seller === seller.owner)) {
      const buyer = households.find(({ owner }) => owner === exchange.buyer);
      if (buyer === undefined) continue;
      const at = y + (BOX_HEIGHT - LINE_DISTANCE) / 2;
      const end = TALL.child - 3;
      const token = at + LINE_DISTANCE;
      lines.push({
        exchange,
        energyPath: `M${TALL.trunk + 6} ${bottom + 2}V${at - 10}q0 10 10 10H${end - 9}`,
        energyHead: arrowRight(end, at, 9),
        tokenPath: `M${end} ${token}H${TALL.trunk - 2}q-10 0-10-10V${bottom + 10}`,
        tokenHead: `M${TALL.trunk - 17} ${bottom + 10}h10l-5-8z`,
        thickness: thicknessOf(exchange, exchanges),
        labelX: end - 14,
        labelY: at,
      });
      add(buyer, 'buyer', TALL.child, `buyer${seller.owner}${buyer.owner}`);
    }
  }
  const drawn = new Set(houses.map(({ household }) => household.owner));
  for (const household of right) if (!drawn.has(household.owner)) add(household, 'buyer', 1, `other${household.owner}`);
  return { width: TALL.width, height: Math.max(BOX_HEIGHT, y - GAP + 1), houses, lines };
}

function thicknessOf({ energyMwh }: Exchange, all: readonly Exchange[]): number {
  const most = all.reduce((max, each) => (each.energyMwh > max ? each.energyMwh : max), 1n);
  return 2 + Number((energyMwh * 600n) / most) / 100;
}

const arrowRight = (x: number, y: number, size: number) =>
  `M${x - size} ${y - size}L${x} ${y}L${x - size} ${y + size}z`;
const arrowLeft = (x: number, y: number, size: number) => `M${x + 8} ${y - size}L${x} ${y}L${x + 8} ${y + size}z`;

function sorted<T>(list: readonly T[], by: (item: T) => number): readonly T[] {
  return [...list].sort((a, b) => by(a) - by(b));
}
