/** Contrast of what a page shows, after WCAG 2.2, success criterion 1.4.3. */

/** sRGB components from 0 to 255, and alpha from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** A text colour and what is behind it, once for each pair on the page. */
export interface ColourPair {
  readonly text: Colour;
  readonly behind: Colour;
  /** From 24 px, or from 18.66 px in bold: then 3 is enough. */
  readonly isLarge: boolean;
  /** A piece of text that has it. */
  readonly example: string;
}

/** Runs in a page: the pairs of colours that its text has. */
export function paletteOf(): ColourPair[] {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (context === null) return [];
  // The canvas turns every notation of a colour into bytes.
  const bytesOf = (colour: string): Colour => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (index: 0 | 1 | 2) => top[index] * top[3] + below[index] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const backgroundOf = (element: Element | null): Colour => {
    if (element === null) return [255, 255, 255, 1];
    const own = bytesOf(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, backgroundOf(element.parentElement));
  };
  const pairs = new Map<string, ColourPair>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const example = node.textContent?.trim() ?? '';
    if (element === null || example === '' || !element.checkVisibility() || element.closest(':disabled')) continue;
    const style = getComputedStyle(element);
    const behind = backgroundOf(element);
    // Text in a drawing takes its colour from elsewhere.
    const text = over(bytesOf(element instanceof SVGElement ? style.fill : style.color), behind);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const key = JSON.stringify([text, behind, isLarge]);
    if (!pairs.has(key)) pairs.set(key, { text, behind, isLarge, example: example.slice(0, 40) });
  }
  return [...pairs.values()];
}

/** Ratio of two opaque colours, 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  const linear = (value: number) => (value <= 10.31475 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
