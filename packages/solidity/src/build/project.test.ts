import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openProject } from './project.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wattchain-project-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('a file is called', () => {
  test('by its own name, wherever it lies', () => {
    const path = write('a/b/Main.sol', 'import "./lib/X.sol"; import {Y} from "./Y.sol";');
    expect(openProject(path).file.name).toBe('Main.sol');
  });

  test('by its path from the folder that holds what it imports from above', () => {
    const path = write('contracts/market/Main.sol', 'import {\n  X\n} from "../lib/X.sol";');
    write('contracts/lib/X.sol', "import '../../units/Units.sol';");
    write('units/Units.sol', '');
    const { file, readImport } = openProject(path);
    expect(file.name).toBe('contracts/market/Main.sol');
    // As solc resolves them against the importing files' names.
    expect(readImport('contracts/lib/X.sol')).toContain('Units.sol');
    expect(readImport('units/Units.sol')).toBe('');
  });

  test('by its own name where it imports from above what is not there', () => {
    const path = write('a/Main.sol', '// import "../X.sol";\ncontract C {}');
    write('X.sol', '');
    expect(openProject(path).file.name).toBe('a/Main.sol');
    expect(openProject(write('b/Main.sol', 'string constant s = "import";')).file.name).toBe('Main.sol');
  });
});

describe('an import is found', () => {
  test('beside the file, in its node_modules, and in those above, the nearest first', () => {
    const path = write('p/contracts/Main.sol', '');
    write('p/node_modules/@open/lib/A.sol', 'project');
    write('node_modules/@open/lib/A.sol', 'above');
    write('node_modules/@open/lib/B.sol', 'above');
    write('p/contracts/C.sol', 'beside');
    write('node_modules/C.sol', 'above');
    const { readImport } = openProject(path);
    const texts = ['@open/lib/A.sol', '@open/lib/B.sol', 'C.sol', 'D.sol', '@open/lib'].map(readImport);
    expect(texts).toEqual(['project', 'above', 'beside', undefined, undefined]);
  });

  test('through links, as package managers make them', () => {
    const path = write('Main.sol', '');
    write('store/lib/A.sol', 'linked');
    mkdirSync(join(directory, 'node_modules'));
    symlinkSync(join(directory, 'store', 'lib'), join(directory, 'node_modules', 'lib'), 'junction');
    expect(openProject(path).readImport('lib/A.sol')).toBe('linked');
  });
});

describe('what is refused', () => {
  test('a file that is not there, or a folder', () => {
    for (const path of [join(directory, 'None.sol'), directory]) {
      expect(() => openProject(path)).toThrow(expect.objectContaining({ code: 'unreadableFile' }));
    }
  });

  test('a file, or an import, of more than a million bytes', () => {
    const large = write('Large.sol', ' '.repeat(1_000_001));
    expect(() => openProject(large)).toThrow(expect.objectContaining({ code: 'sourceTooLarge' }));
    const { readImport } = openProject(write('Main.sol', ''));
    expect(() => readImport('Large.sol')).toThrow(expect.objectContaining({ code: 'sourceTooLarge' }));
  });
});
