/** Text that is HTML. It is made by {@link html} alone, so whatever came from a file is escaped where it is put into a page. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template: HTML as it is, everything else as text; nothing for what is left out. */
export type Part = Html | string | number | bigint | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** What no page can show: controls but for line ends and tabs, and halves of a character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Surrogate}/gu;

/** Text as it may stand between tags and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd').replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return escapeHtml(String(part));
}

/** HTML with its values escaped. Values stand between tags or in attributes with double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + textOf(parts[index])).join(''));
}

/** Parts with something between them. */
export function joined(parts: readonly Part[], between: string): Html {
  return new Html(parts.map(textOf).join(escapeHtml(between)));
}

/** Longest name that pages show whole; tables for programs have all of it. */
const MAX_NAME = 60;

/** A name out of a file: its direction of writing does not reach the text around it, and a very long one is cut. */
export function nameOf(name: string): Html {
  const signs = Array.from(name);
  const shown = signs.length > MAX_NAME ? `${signs.slice(0, MAX_NAME - 1).join('')}…` : name;
  return html`<bdi class="name">${shown}</bdi>`;
}

/** A column of a table. */
export interface Column {
  readonly title: Part;
  /** Figures stand to the right, in digits of one width. */
  readonly isFigure?: boolean;
}

/** A table with a caption; its first column names the row. Wide ones are scrolled sideways on a screen. */
export function table(caption: Part, columns: readonly Column[], rows: readonly (readonly Part[])[]): Html {
  const kind = ({ isFigure }: Column) => (isFigure === true ? html` class="figure"` : undefined);
  const cell = (part: Part, position: number) => {
    const column = columns[position] ?? { title: '' };
    return position === 0 ? html`<th scope="row"${kind(column)}>${part}</th>` : html`<td${kind(column)}>${part}</td>`;
  };
  return html`<div class="scroll"><table>
<caption><span>${caption}</span></caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${kind(column)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>
`;
}

/** A section with its heading. */
export const section = (id: string, title: Part, ...parts: readonly Part[]): Html =>
  html`<section id="${id}">
<h2>${title}</h2>
${parts}</section>
`;

/** A whole page in one file. It loads nothing and runs nothing, and says so to the browser. */
export function page({
  title,
  style,
  body,
}: {
  readonly title: string;
  readonly style: string;
  readonly body: Part;
}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
${new Html(style)}</style>
</head>
<body>
${body}</body>
</html>
`.text;
}
