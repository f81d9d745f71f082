import { type DaySeries, PAPER_NEEDS } from '@wattchain/market';
import { renderFlowFigure } from './flowFigure.js';
import { type HomeFigure, renderHomeFigure } from './homeFigure.js';

/** A figure and the name of its file. */
export interface FigureFile {
  readonly name: string;
  readonly svg: string;
}

const PAPER = 'Cali & Fifield 2019, Table 2';
const MODELLED_NODE_1 = [
  'Production of node 1 is modelled: 5 kW of panels on a typical 4 July in San Diego (NREL TMY3 722900).',
  "Its consumption is modelled: production − the paper's surplus where there is one, otherwise the larger of production and the load of a measured home in Fontana, California.",
];
const ASSUMED_NEEDS =
  'Consumption of nodes 2 and 3: where a buyer left energy on offer, its purchase in the paper was its need; in the other hours the paper gives a lower bound, and the need of the nearest hour that shows one is assumed.';

/** The paper's Figures 3 to 6 from the day on the chain: flows of the community, then nodes 1, 2 and 3 by hour. */
export function renderPaperFigures(series: DaySeries): FigureFile[] {
  const [node1, node2, node3] = series.homes;
  const files: FigureFile[] = [
    {
      name: 'figure-3.svg',
      svg: renderFlowFigure({
        title: 'Figure 3: energy and Energy Tokens in the community, 4 July',
        series,
        notes: [
          `The paper's data: node 1's surplus and the purchases of nodes 2 and 3 (${PAPER}), settled on this chain at 1 ENT for 150 Wh.`,
          ...MODELLED_NODE_1,
          ASSUMED_NEEDS,
        ],
      }),
    },
  ];
  const homes: readonly (Omit<HomeFigure, 'day' | 'home'> & { readonly home: typeof node1 })[] = [
    {
      title: 'Figure 4: node 1 on 4 July, production, consumption and sales by hour',
      home: node1,
      legend: {
        production: 'production (modelled)',
        consumption: 'consumption (modelled)',
        sold: "sold to nodes 2 and 3 (the paper's data, settled on this chain); node 1 purchases nothing",
      },
      notes: [
        `The paper's data: the surplus, production − consumption, from 7:00 to 16:00, and what of it was sold (${PAPER}); at 10:00 and 11:00 some stayed unsold.`,
        ...MODELLED_NODE_1,
      ],
    },
    buyerFigure('Figure 5: node 2', node2, 'node2'),
    buyerFigure('Figure 6: node 3', node3, 'node3'),
  ];
  homes.forEach(({ home, ...rest }, index) => {
    if (home) files.push({ name: `figure-${index + 4}.svg`, svg: renderHomeFigure({ ...rest, home, day: series }) });
  });
  return files;
}

function buyerFigure(name: string, home: DaySeries['homes'][number] | undefined, node: 'node2' | 'node3') {
  return {
    title: `${name} on 4 July, consumption and purchases by hour`,
    home,
    legend: {
      consumption: "consumption (from the paper's data)",
      assumedConsumption: 'consumption (assumed)',
      bought: "purchased from node 1 (the paper's data, settled on this chain)",
    },
    assumed: PAPER_NEEDS.map((needs) => needs[node].source === 'assumed'),
    notes: [`The paper's data: the purchases (${PAPER}); it gives this node no production. ${ASSUMED_NEEDS}`],
  };
}
