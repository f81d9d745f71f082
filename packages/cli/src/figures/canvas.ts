/** What the figures have in common: size, type, colours, scales and axes. Numbers are only drawn here, so floats do. */

export const FIGURE_WIDTH = 960;
export const MARGIN_LEFT = 64;
export const MARGIN_RIGHT = 24;
/** Characters of a note's line at {@link NOTE_SIZE}. */
const NOTE_CHARACTERS = 132;
const NOTE_SIZE = 12;
const NOTE_LINE = 17;

/**
 * Colours that stay apart for colour-blind eyes (after Okabe and Ito) and, from light to dark, in grey: production is light, what is
 * traded is hatched, consumption is a dark line.
 */
export const COLOURS = {
  production: '#F6C667',
  productionEdge: '#A86700',
  consumption: '#1A1A1A',
  sold: '#00694C',
  bought: '#00528A',
  ink: '#222222',
  axis: '#444444',
  grid: '#DDDDDD',
} as const;

/** Colours of axes and of the lines behind a plot. */
export type FrameColours = { readonly [Name in 'axis' | 'grid']: string };

/** Text that may stand in SVG. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A coordinate with one digit. */
export const at = (value: number) => value.toFixed(1);

/** How a text is set. */
export interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly bold?: boolean;
  readonly colour?: string;
}

/** A line of text with its baseline at `y`. */
export function textAt(x: number, y: number, text: string, style: TextStyle = {}): string {
  const attributes = [
    style.anchor ? ` text-anchor="${style.anchor}"` : '',
    style.size ? ` font-size="${style.size}"` : '',
    style.bold ? ' font-weight="600"' : '',
    style.colour ? ` fill="${style.colour}"` : '',
  ].join('');
  return `<text x="${at(x)}" y="${at(y)}"${attributes}>${escapeText(text)}</text>`;
}

/** A straight line. */
export function lineAt(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${at(x1)}" x2="${at(x2)}" y1="${at(y1)}" y2="${at(y2)}" stroke="${colour}"/>`;
}

/** A figure: white ground, a title, and whatever is drawn on it. */
export function figure(height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${FIGURE_WIDTH} ${Math.ceil(height)}" font-family="Helvetica, Arial, sans-serif" font-size="13" fill="${COLOURS.ink}">
<title>${escapeText(title)}</title>
<rect width="${FIGURE_WIDTH}" height="${Math.ceil(height)}" fill="#FFFFFF"/>
${textAt(MARGIN_LEFT, 30, title, { size: 18, bold: true })}
${parts.filter((part) => part !== '').join('\n')}
</svg>
`;
}

/** Notes below a figure, broken into lines, with the height that they take. */
export function notesAt(y: number, notes: readonly string[]): { svg: string; height: number } {
  const lines = notes.flatMap(breakLines);
  const svg = lines.map((line, index) => textAt(MARGIN_LEFT, y + index * NOTE_LINE, line, { size: NOTE_SIZE }));
  return { svg: svg.join('\n'), height: lines.length * NOTE_LINE };
}

function breakLines(note: string): string[] {
  const lines: string[] = [];
  for (const word of note.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= NOTE_CHARACTERS)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A vertical scale from 0 to `top` in round steps, drawn upwards from `baseline`. */
export interface Scale {
  readonly top: number;
  readonly step: number;
  readonly baseline: number;
  readonly height: number;
}

/** The power of ten of a number's first digit, by its text: `Math.log10` and `**` differ between versions of Node.js in the last bit. */
const exponentOf = (value: number) => Number(value.toExponential().split('e')[1]);
const tenTo = (exponent: number) => Number(`1e${exponent}`);

/** The smallest round step, 1, 2 or 5 times a power of ten, that is not below `rough`, which is above 0. */
export function roundStep(rough: number): number {
  const exponent = exponentOf(rough);
  const factor = [1, 2, 5].find((each) => each * tenTo(exponent) >= rough);
  return factor === undefined ? tenTo(exponent + 1) : factor * tenTo(exponent);
}

/** Digits after the point that a step's multiples need. */
export const digitsOfStep = (step: number) => Math.max(0, -exponentOf(step));

/** A scale of four to eight round steps with room for `largest`. */
export function scaleFor(largest: number, baseline: number, height: number): Scale {
  const step = roundStep(Math.max(largest, 1e-6) / 6);
  return { top: Math.max(1, Math.ceil(largest / step - 1e-9)) * step, step, baseline, height };
}

/** Where a value stands. */
export const yOf = (scale: Scale, value: number) => scale.baseline - (value / scale.top) * scale.height;

/** Grid, figures and title of a vertical axis. */
export function verticalAxis(scale: Scale, title: string, colours: FrameColours = COLOURS): string {
  const parts = [textAt(MARGIN_LEFT, scale.baseline - scale.height - 12, title, { bold: true })];
  const digits = digitsOfStep(scale.step);
  for (let index = 0; index <= Math.round(scale.top / scale.step); index += 1) {
    const value = index * scale.step;
    const y = yOf(scale, value);
    parts.push(lineAt(MARGIN_LEFT, y, FIGURE_WIDTH - MARGIN_RIGHT, y, index === 0 ? colours.axis : colours.grid));
    parts.push(textAt(MARGIN_LEFT - 8, y + 4.5, value.toFixed(digits), { anchor: 'end' }));
  }
  return parts.join('\n');
}
