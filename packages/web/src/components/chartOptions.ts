import uPlot from 'uplot';

/** One line or set of bars of a chart. */
export interface Series {
  readonly label: string;
  /** A custom property of the style sheet, such as `--energy`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly as: 'bars' | 'line' | 'steps';
  readonly dash?: readonly number[];
}

export interface ChartProps {
  /** What the chart shows, for those who do not see it. */
  readonly title: string;
  /** Rising. */
  readonly x: readonly number[];
  /** A position on the axis, short: `14:00`. */
  readonly xText: (x: number) => string;
  /** What one value is about, for the line below the chart: `14:00 to 15:00`. Default: `xText`. */
  readonly pointText?: (x: number) => string;
  /** Where the last of the periods ends, when each x is the start of one; bars and steps then fill their period. */
  readonly xEnd?: number;
  /** Distances that marks on the x axis may have. */
  readonly xSteps?: readonly number[];
  readonly unit: string;
  readonly valueText: (value: number) => string;
  /** On the y axis; default: the plain number. */
  readonly tickText?: (value: number) => string;
  readonly series: readonly Series[];
  /** Of a series that has no value at a position; default: `nothing known`. */
  readonly noneText?: string;
  /** Whether the line below says the first position while nobody points at one, rather than the newest. */
  readonly restsAtFirst?: boolean;
  readonly height?: number;
}

/** Of bars, so pale that the lines over them are seen. */
export const barColour = (colour: string): string => `color-mix(in srgb, ${colour} 45%, transparent)`;

/** What uPlot needs to know to draw a chart in the colours of the page. */
export function optionsFor(props: ChartProps, element: HTMLElement, height: number): uPlot.Options {
  const style = getComputedStyle(element);
  // A custom property may be `light-dark(…)`, which only a real property resolves.
  const probe = element.appendChild(document.createElement('i'));
  const colourOf = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const [soft, line] = [colourOf('--soft'), colourOf('--line')];
  const axis = {
    stroke: soft,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, size: 5 },
    font: `12px ${style.fontFamily}`,
  };
  const isPeriods = props.xEnd !== undefined;
  const tickText = props.tickText ?? ((value: number) => String(value));
  const options: uPlot.Options = {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { show: !isPeriods } },
    scales: {
      x: {
        time: false,
        range: (_plot, min, max) => (isPeriods || min !== max ? [min, max] : [min - 0.5, max + 0.5]),
      },
      y: { range: (_plot, min, max) => [Math.min(0, min), max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        space: 44,
        incrs: [...(props.xSteps ?? [1, 2, 5, 10, 20, 50, 100, 200, 500])],
        values: (_plot, splits) => splits.map((split) => (Number.isInteger(split) ? props.xText(split) : '')),
      },
      {
        ...axis,
        size: 52,
        label: props.unit,
        labelSize: 20,
        labelFont: axis.font,
        values: (_plot, splits) => splits.map(tickText),
      },
    ],
    series: [
      {},
      ...props.series.map((item): uPlot.Series => {
        const stroke = colourOf(item.colour);
        const paths =
          item.as === 'bars'
            ? uPlot.paths.bars?.({ size: [0.8, 60], align: isPeriods ? 1 : 0 })
            : item.as === 'steps'
              ? uPlot.paths.stepped?.({ align: 1 })
              : undefined;
        return {
          label: item.label,
          stroke,
          width: item.as === 'bars' ? 1 : 2,
          ...(item.as === 'bars' ? { fill: barColour(stroke) } : {}),
          ...(paths === undefined ? {} : { paths }),
          ...(item.dash === undefined ? {} : { dash: [...item.dash] }),
          points: { show: false },
        };
      }),
    ],
  };
  probe.remove();
  return options;
}
