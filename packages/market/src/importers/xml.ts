import { badData } from './badData.js';

/** An element: its name without prefix, its attributes by name without prefix, its elements, and its own text without blanks around it. */
export interface XmlElement {
  readonly name: string;
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** Deepest nesting. */
const MAX_DEPTH = 32;
/** Most elements: a year of minutes with six each, and more. */
const MAX_ELEMENTS = 4_000_000;
/** Longest name, tag and text of an element. */
const MAX_PIECE = 8_192;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const ATTRIBUTE = /([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')\s*/y;

interface OpenElement {
  name: string;
  tag: string;
  line: number;
  attributes: Map<string, string>;
  children: XmlElement[];
  text: string;
}

/**
 * Reads the XML that measurement files are written in, strictly: elements, attributes, text, CDATA, comments and processing instructions.
 * A document type, and with it every entity but the five that XML knows by itself, is refused; so is what is deeper, longer or larger than
 * such files are. Errors: `badData` with the line.
 */
export function readXml(file: string, text: string): XmlElement {
  const lines = new LineCounter(text);
  const bad = (position: number, what: string) =>
    badData(`${file}, line ${lines.at(position)}`, what, 'download the file again; it is no XML as it is');
  const root: OpenElement = { name: '', tag: '', line: 1, attributes: new Map(), children: [], text: '' };
  const open: OpenElement[] = [root];
  let elements = 0;
  let position = text.startsWith('\uFEFF') ? 1 : 0;
  const addText = (piece: string, at: number) => {
    const top = open.at(-1) as OpenElement;
    if (open.length === 1 && piece.trim() !== '') throw bad(at, 'there is text outside of its root element');
    if (top.text.length + piece.length > MAX_PIECE) {
      if (piece.trim() === '') return;
      throw bad(at, `the text of ${top.name} is longer than ${MAX_PIECE} characters`);
    }
    if (piece.trim() !== '') top.text += piece;
  };
  while (position < text.length) {
    const next = text.indexOf('<', position);
    const end = next < 0 ? text.length : next;
    if (end > position)
      addText(
        decode(text.slice(position, end), () => bad(position, 'an & is not part of a known entity')),
        position,
      );
    if (next < 0) break;
    position = next;
    if (text.startsWith('<!--', position)) position = skip(text, position, '-->', bad);
    else if (text.startsWith('<![CDATA[', position)) {
      const close = skip(text, position, ']]>', bad);
      addText(text.slice(position + 9, close - 3), position);
      position = close;
    } else if (text.startsWith('<?', position)) position = skip(text, position, '?>', bad);
    else if (text.startsWith('<!', position))
      throw bad(position, 'it declares a document type or entities, which are not read');
    else {
      const close = text.indexOf('>', position);
      if (close < 0 || close - position > MAX_PIECE) throw bad(position, 'a tag is not closed');
      const tag = text.slice(position + 1, close);
      const line = lines.at(position);
      if (tag.startsWith('/'))
        closeElement(open, tag.slice(1).trim(), () =>
          bad(position, `</${tag.slice(1, 41)}> closes nothing that is open`),
        );
      else {
        elements += 1;
        if (elements > MAX_ELEMENTS) throw bad(position, `it has more than ${MAX_ELEMENTS} elements`);
        if (open.length > MAX_DEPTH) throw bad(position, `its elements are nested deeper than ${MAX_DEPTH}`);
        openElement(open, tag, line, () => bad(position, `<${tag.slice(0, 40)}> is no tag`));
      }
      position = close + 1;
    }
  }
  const [only, ...others] = root.children;
  if (open.length > 1)
    throw bad(text.length, `${(open.at(-1) as OpenElement).name} is not closed: the file ends too early`);
  if (only === undefined || others.length > 0) throw bad(0, `it has ${root.children.length} root elements, not one`);
  return only;
}

function openElement(open: OpenElement[], tag: string, line: number, bad: () => Error): void {
  const isEmpty = tag.endsWith('/');
  const body = isEmpty ? tag.slice(0, -1) : tag;
  const name = /^[A-Za-z_][\w.:-]*/.exec(body)?.[0];
  if (name === undefined) throw bad();
  const attributes = new Map<string, string>();
  const rest = body.slice(name.length);
  const trimmed = rest.trimStart();
  if (trimmed !== '' && trimmed.length === rest.length) throw bad();
  ATTRIBUTE.lastIndex = 0;
  let read = 0;
  while (read < trimmed.length) {
    ATTRIBUTE.lastIndex = read;
    const found = ATTRIBUTE.exec(trimmed);
    if (found === null) throw bad();
    attributes.set(localName(found[1] ?? ''), decode(found[2] ?? found[3] ?? '', bad));
    read = ATTRIBUTE.lastIndex;
  }
  const element: OpenElement = { name: localName(name), tag: name, line, attributes, children: [], text: '' };
  (open.at(-1) as OpenElement).children.push(element);
  if (!isEmpty) open.push(element);
}

function closeElement(open: OpenElement[], tag: string, bad: () => Error): void {
  const top = open.at(-1) as OpenElement;
  if (open.length === 1 || top.tag !== tag) throw bad();
  top.text = top.text.trim();
  open.pop();
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

function skip(text: string, position: number, end: string, bad: (position: number, what: string) => Error): number {
  const close = text.indexOf(end, position);
  if (close < 0) throw bad(position, `${text.slice(position, position + 4)} is not closed`);
  return close + end.length;
}

function decode(text: string, bad: () => Error): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{1,8}));|&/gi,
    (_, hex?: string, decimal?: string, name?: string) => {
      const code = hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : undefined;
      const known = name === undefined ? undefined : ENTITIES[name];
      if (known !== undefined) return known;
      if (code === undefined || code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw bad();
      return String.fromCodePoint(code);
    },
  );
}

/** Lines of positions that rise. */
class LineCounter {
  #position = 0;
  #line = 1;

  constructor(readonly text: string) {}

  at(position: number): number {
    for (let next = this.text.indexOf('\n', this.#position); next >= 0 && next < position; ) {
      this.#line += 1;
      this.#position = next + 1;
      next = this.text.indexOf('\n', this.#position);
    }
    return this.#line;
  }
}

/** The first element of a name below another, at any depth. */
export function findElement(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) {
    const found = child.name === name ? child : findElement(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All elements of a name below another; not those inside of one that is found. */
export function elementsOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => (child.name === name ? [child] : elementsOf(child, name)));
}

/** The text of an element that stands directly in another. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.children.find((child) => child.name === name)?.text;
}
