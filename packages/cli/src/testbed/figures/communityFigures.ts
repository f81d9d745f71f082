import type { DaySeries } from '@wattchain/market';
import { renderFlowFigure } from './flowFigure.js';
import { renderHomeFigure } from './homeFigure.js';
import type { FigureFile } from './paperFigures.js';

/** Characters of a home's name that a title has room for. */
const MAX_TITLE_NAME = 30;

/** The figures of any community's day: its flows, then every home by period. */
export function renderCommunityFigures(
  series: DaySeries,
  { file, date }: { readonly file: string; readonly date: string | undefined },
): FigureFile[] {
  const day = date === undefined ? '' : `, ${date}`;
  const notes = [
    `Production and consumption: ${file}${day}. Sales and purchases: settled on this chain by the rule of the paper's market, at 1 ENT for 150 Wh.`,
  ];
  return [
    {
      name: 'flows.svg',
      svg: renderFlowFigure({ title: `Energy and Energy Tokens in the community${day}`, series, notes }),
    },
    ...series.homes.map((home, position) => {
      const has = (energies: readonly bigint[]) => energies.some((energy) => energy > 0n);
      return {
        name: `home-${String(position + 1).padStart(2, '0')}.svg`,
        svg: renderHomeFigure({
          title: `${home.name.slice(0, MAX_TITLE_NAME)}: production, consumption and trade${day}`,
          home,
          day: series,
          legend: {
            ...(has(home.producedMwh) ? { production: 'production' } : {}),
            consumption: 'consumption',
            ...(has(home.soldMwh) ? { sold: 'sold to other homes' } : {}),
            ...(has(home.boughtMwh) ? { bought: 'purchased from other homes' } : {}),
          },
          notes,
        }),
      };
    }),
  ];
}
