/**
 * How reports and bills look: light and dark by the system's wish, in print always light. Text and plots are large enough for a
 * projector; what a colour says, a sign or a word says too.
 */
export const STYLE = `:root {
  --ground: #ffffff; --sunken: #f4f6f5; --line: #d3dad6; --text: #16201c; --soft: #4d5b55; --accent: #0b6e4f; --bad: #a82a12;
  --plot-text: #222222; --plot-soft: #5a5a5a; --plot-axis: #444444; --plot-grid: #dddddd; --plot-ground: #ffffff; --plot-band: #ebefed; --plot-fund: #9aa5a0;
  --plot-own: #f0b429; --plot-local: #009e73; --plot-supply: #1f5a8a; --plot-bad: #c1440e; --plot-producer: #b36b00; --plot-consumer: #1f5a8a;
  --plot-series-1: #1f5a8a; --plot-series-2: #c1440e; --plot-series-3: #00785a; --plot-series-4: #8a4f9e; --plot-series-5: #a86700; --plot-series-6: #4d4d4d;
  color-scheme: light;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #101614; --sunken: #18211e; --line: #33413c; --text: #eaf0ed; --soft: #a9bab3; --accent: #4cc99b; --bad: #ff9a86;
    --plot-text: #e6ece9; --plot-soft: #a9bab3; --plot-axis: #b5c2bc; --plot-grid: #2c3935; --plot-ground: #101614; --plot-band: #25302c; --plot-fund: #77857f;
    --plot-own: #f0b429; --plot-local: #2fbf94; --plot-supply: #5b9fd6; --plot-bad: #ff8a66; --plot-producer: #f5b83d; --plot-consumer: #7fb2ee;
    --plot-series-1: #7fb2ee; --plot-series-2: #ff8a66; --plot-series-3: #4cc99b; --plot-series-4: #c99ad8; --plot-series-5: #f0b429; --plot-series-6: #c4cfca;
    color-scheme: dark;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 28px clamp(14px, 4vw, 48px) 64px; max-width: 1240px;
  background: var(--ground); color: var(--text);
  font: 17px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", "DejaVu Sans", sans-serif;
}
h1 { font-size: 2rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 44px 0 12px; padding-top: 12px; border-top: 2px solid var(--line); }
h3 { font-size: 1.1rem; margin: 24px 0 8px; }
p { margin: 8px 0; max-width: 78ch; }
a { color: var(--accent); }
ul, ol { padding-left: 1.3em; }
li { margin: 5px 0; max-width: 84ch; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Consolas, monospace; font-size: 0.88em; }
pre { background: var(--sunken); border: 1px solid var(--line); padding: 10px 12px; overflow-x: auto; }
.hash { overflow-wrap: anywhere; word-break: break-all; font-size: 0.78em; }
.transactions { font-size: 0.8rem; max-width: none; }
.lead, .note { color: var(--soft); }
.name { overflow-wrap: anywhere; }
.loss { color: var(--bad); font-weight: 650; white-space: nowrap; }
nav ol { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; padding: 0; margin: 12px 0 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px; margin: 14px 0; }
.cards div { display: flex; flex-direction: column-reverse; background: var(--sunken); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; }
.cards dt { color: var(--soft); font-size: 0.9rem; line-height: 1.3; }
.cards dd { margin: 0; font-size: 1.6rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.cards small { font-size: 1rem; font-weight: 400; }
.findings { font-size: 1.08rem; }
figure { margin: 18px 0 30px; }
figcaption { font-weight: 650; margin-bottom: 6px; }
.plot { display: block; width: 100%; height: auto; font-family: inherit; }
.scroll { overflow-x: auto; margin: 10px 0 18px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: 6px; }
caption span { display: inline-block; position: sticky; left: 0; max-width: min(100%, calc(100vw - 28px)); }
th, td { padding: 5px 9px 5px 0; border-bottom: 1px solid var(--line); vertical-align: baseline; text-align: left; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; line-height: 1.25; }
tbody th { font-weight: 600; min-width: 8em; max-width: 20em; }
.figure { text-align: right; }
td.figure { white-space: nowrap; }
dl.terms { display: grid; grid-template-columns: minmax(12em, max-content) minmax(0, 1fr); gap: 5px 20px; }
dl.terms dt { font-weight: 600; }
dl.terms dd { margin: 0; }
.bill { break-inside: avoid; }
@media screen and (max-width: 700px) {
  body { font-size: 16px; }
  dl.terms { grid-template-columns: 1fr; } dl.terms dd { margin-bottom: 8px; }
  figure { overflow-x: auto; } .plot { min-width: 620px; }
  figcaption { position: sticky; left: 0; }
  table { font-size: 0.85rem; }
  tbody th { min-width: 7.5em; }
  td:not(.figure) { min-width: 9em; }
  td:has(.hash) { min-width: 16em; }
}
@media print {
  @page { size: A4; margin: 14mm 12mm; }
  @page wide { size: A4 landscape; margin: 12mm; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  h1 { font-size: 19pt; } h2 { font-size: 13pt; margin-top: 18pt; }
  .findings { font-size: 10pt; } .cards dd { font-size: 13pt; } .cards small { font-size: 9pt; }
  nav { display: none; }
  h2, h3, figcaption, caption { break-after: avoid; }
  .plot, tr { break-inside: avoid; }
  tbody tr:nth-child(-n+2) { break-after: avoid; } tbody tr:nth-last-child(-n+2) { break-before: avoid; }
  thead { display: table-header-group; }
  table { font-size: 7pt; }
  th, td { padding: 2pt 3pt 2pt 0; }
  .bill table { font-size: 8.5pt; }
  .bill h2 { margin-top: 8pt; }
  .bill .transactions { font-size: 7pt; line-height: 1.35; }
  .scroll { overflow: visible; margin: 6pt 0 10pt; }
  tbody th { min-width: 9em; }
  #homes, .wide { page: wide; }
  a { color: inherit; text-decoration: none; }
}
`;
