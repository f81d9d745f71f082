import { html, page, table } from './html.js';
import { duration, integer, joules, money, NO_VALUE } from './numbers.js';
import { plotFigure } from './plots/plot.js';
import { KIND_WORDS, type ResolutionRow, resolutionPlot } from './plots/resolution.js';
import { type Sweep, sweepPlot } from './plots/sweep.js';
import { STYLE } from './style.js';

/** What resolution costs, as a page with its table. */
export function renderResolutionPage(
  rows: readonly ResolutionRow[],
  currency: string,
  notes: readonly string[],
): string {
  const figures = table(
    `The same span at each resolution; money in ${currency}`,
    [
      { title: 'period' },
      { title: 'how' },
      ...['bytes of all blocks', 'gas', 'proof of work', 'until a seller is paid', 'all bills'].map((title) => ({
        title,
        isFigure: true,
      })),
    ],
    rows.map(({ label, kind, storageBytes, gas, millijoules, waitingSeconds, money: bills }) => [
      label,
      KIND_WORDS[kind],
      integer(storageBytes),
      integer(gas),
      joules(millijoules),
      duration(waitingSeconds),
      money(bills, 4),
    ]),
  );
  return plotPage('resolution', html`${plotFigure(resolutionPlot(rows, currency), figures)}${notesOf(notes)}`);
}

/** One figure against another, as a page with its table. */
export function renderSweepPage(sweep: Sweep, notes: readonly string[]): string {
  const rules = sweep.points[0]?.rules.map(({ rule }) => rule) ?? [];
  const figures = table(
    `${sweep.figure}, ${sweep.currency}; where seeds differ mean, and the interval in brackets`,
    [{ title: sweep.parameter }, ...rules.map((rule) => ({ title: rule, isFigure: true }))],
    sweep.points.map(({ value, rules: all }) => [
      value,
      ...rules.map((rule) => {
        const own = all.find((each) => each.rule === rule);
        if (own === undefined) return NO_VALUE;
        return own.low === own.high ? money(own.mean) : `${money(own.mean)} [${money(own.low)}, ${money(own.high)}]`;
      }),
    ]),
  );
  const plot = sweepPlot(sweep);
  return plotPage('a sweep', html`${plotFigure(plot, figures)}${notesOf(notes)}`);
}

const notesOf = (notes: readonly string[]) => html`<ul>${notes.map((note) => html`<li>${note}</li>\n`)}</ul>\n`;

function plotPage(what: string, body: ReturnType<typeof html>): string {
  const title = `A community's market: ${what}`;
  return page({ title, style: STYLE, body: html`<header><h1>${title}</h1></header>\n${body}` });
}
