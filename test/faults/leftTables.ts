import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { liveFilesOf, readLog } from '@wattchain/node/parts';

/** Tables in the folder of a stopped store that do not belong to it: LevelDB was ended while it made them, or before it deleted them. */
export async function leftTables(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  if (!names.includes('CURRENT')) return [];
  const manifest = (await readFile(join(folder, 'CURRENT'), 'latin1')).trim();
  const { tables } = liveFilesOf(readLog(await readFile(join(folder, manifest))).records);
  return names.filter((name) => /\.ldb$/.test(name) && !tables.has(Number.parseInt(name, 10)));
}
