import { readFileSync } from 'node:fs';

/** Name and version of this software, as peers and clients see it. */
export const AGENT = `Wattchain/${packageVersion()}`;

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
