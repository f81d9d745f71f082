import type { DestinationStream } from 'pino';

/** Hashes and keys are cut to this many digits, enough to tell two of them apart; JSON logs have them whole. */
const HEX_DIGITS = 10;
/** Fields with a place of their own in a line. */
const PLACED = new Set(['level', 'time', 'service', 'msg']);

/** A destination of pino's JSON lines that passes them on as lines for people: time, level, service, message, fields. */
export function createTextDestination(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(`${toTextLine(JSON.parse(line) as Record<string, unknown>)}\n`) };
}

function toTextLine(fields: Readonly<Record<string, unknown>>): string {
  const { level, time, service = 'node', msg } = fields;
  const rest = Object.entries(fields)
    .filter(([name]) => !PLACED.has(name))
    .map(([name, value]) => `${name}=${toText(value)}`);
  const head = `${time} ${String(level).padEnd(5)} ${String(service).padEnd(7)} ${harmless(String(msg))}`;
  return rest.length === 0 ? head : `${head}  ${rest.join(' ')}`;
}

function toText(value: unknown): string {
  if (isLoggedError(value)) return toText(value.message);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.replace(/\b0x[0-9a-f]{64,}\b/g, (hex) => `${hex.slice(0, HEX_DIGITS + 2)}…`);
  return harmless(typeof value === 'string' && /[\s"=]|^$/.test(short) ? JSON.stringify(short) : short);
}

/** An error as pino writes it; its stack is in the JSON log. */
function isLoggedError(value: unknown): value is { readonly message: string } {
  return typeof value === 'object' && value !== null && 'stack' in value && 'message' in value;
}

/** Text from outside must not move the cursor, colour the terminal or turn the direction of writing. */
function harmless(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
