import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { barColour, type ChartProps, optionsFor, type Series } from './chartOptions.js';

/**
 * Values over time. The line below it says the values of one position in words: the newest, or the one under the pointer, finger or
 * arrow keys, which move through the chart as through a slider.
 */
export function Chart(props: ChartProps) {
  const { x, series, xText, pointText = xText, height = 210, noneText = 'nothing known', restsAtFirst = false } = props;
  const [chosen, setChosen] = useState<number>();
  const box = usePlot(props, height, setChosen);
  const last = x.length - 1;
  const at = chosen === undefined || chosen > last ? (restsAtFirst ? 0 : last) : chosen;
  const textOf = ({ values }: Series) => {
    const value = values[at];
    return value === null || value === undefined ? noneText : props.valueText(value);
  };
  const position = x[at] === undefined ? '' : pointText(x[at]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    const target = event.key === 'Home' ? 0 : event.key === 'End' ? last : step === undefined ? undefined : at + step;
    if (target === undefined) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(last, target)));
  };

  return (
    <figure class="chart">
      <div
        class="plot"
        ref={box}
        style={{ minHeight: `${height}px` }}
        role="slider"
        tabIndex={0}
        aria-label={props.title}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, at)}
        aria-valuetext={`${position}: ${series.map((item) => `${item.label} ${textOf(item)}`).join(', ')}`}
        onKeyDown={onKeyDown}
        onBlur={() => setChosen(undefined)}
      />
      <figcaption>
        <span class="position">
          {chosen === undefined && !restsAtFirst && position !== '' && 'newest: '}
          {position}
        </span>
        {series.map((item) => (
          <span key={item.label} class="entry">
            <Mark series={item} />
            {item.label} <strong>{textOf(item)}</strong>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** How a series is drawn, beside its name. */
function Mark({ series: { as, colour, dash } }: { series: Series }) {
  const stroke = `var(${colour})`;
  return (
    <svg width="18" height="12" viewBox="0 0 18 12" aria-hidden="true">
      {as === 'bars' ? (
        <rect x="3.5" y="0.5" width="11" height="11" rx="2" style={{ fill: barColour(stroke), stroke }} />
      ) : (
        <path d="M0 6h18" style={{ stroke, strokeWidth: '3', strokeDasharray: dash?.join(' ') ?? 'none' }} />
      )}
    </svg>
  );
}

/** Keeps a plot in the element: made anew when its shape changes, given new data otherwise. */
function usePlot(props: ChartProps, height: number, setChosen: (index: number | undefined) => void) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const { x, xEnd, series } = props;
  const shape = JSON.stringify([props.unit, xEnd, series.map(({ label, colour, as }) => [label, colour, as])]);
  const data = dataOf(props);
  const newest = useRef({ props, data });
  newest.current = { props, data };

  // The plot is made anew when its shape changes, its data are set below.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const make = () => {
      plot.current?.destroy();
      const options = optionsFor(newest.current.props, element, height);
      plot.current = new uPlot(options, newest.current.data, element);
      // A finger that slides along the chart reads it; one that goes up or down scrolls the page.
      const { over } = plot.current;
      over.addEventListener('pointermove', choose);
      over.addEventListener('pointerdown', choose);
      over.addEventListener('pointerleave', () => setChosen(undefined));
    };
    const choose = (event: PointerEvent) => {
      const current = plot.current;
      if (current === undefined) return;
      const position = current.posToVal(event.offsetX, 'x');
      setChosen(indexAt(newest.current.props, position));
    };
    make();
    const resize = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    // The canvas has its colours drawn in, so it is drawn again when the system changes its mind.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', make);
    return () => {
      resize.disconnect();
      scheme.removeEventListener('change', make);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  // Views are rendered at every block; the canvas is drawn again only when its values changed.
  const values = JSON.stringify([x, series.map((item) => item.values)]);
  // `values` says when the data changed.
  useEffect(() => {
    plot.current?.setData(newest.current.data);
  }, [values]);
  return box;
}

/** The values as uPlot wants them: with periods, their end is one more position, so that the last step has a length. */
function dataOf({ x, xEnd, series }: ChartProps): uPlot.AlignedData {
  if (xEnd === undefined) return [[...x], ...series.map(({ values }) => [...values])];
  const lines = series.map(({ values, as }) => [...values, as === 'bars' ? null : (values.at(-1) ?? null)]);
  return [[...x, xEnd], ...lines];
}

/** The period that a position is in, or the point that is nearest to it. */
function indexAt({ x, xEnd }: ChartProps, position: number): number {
  if (xEnd !== undefined) {
    const next = x.findIndex((start) => start > position);
    return Math.max(0, next === -1 ? x.length - 1 : next - 1);
  }
  let best = 0;
  for (const [index, value] of x.entries()) {
    if (Math.abs(value - position) < Math.abs((x[best] ?? 0) - position)) best = index;
  }
  return best;
}
