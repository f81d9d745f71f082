import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { misnamed, requireParticipant } from './signer.js';

test('a name that differs in its case is told, of a key and of a participant', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wattchain-keys-'));
  const key = { version: 3, id: 'x', address: '11'.repeat(20), crypto: {} };
  writeFileSync(join(directory, 'operator-1.json'), JSON.stringify(key));
  expect(misnamed('Node-1', directory)?.hint).toBe("the testbed's node-1 is called testbed:node-1");
  expect(misnamed('NODE-17', directory)?.hint).toBe("the testbed's node-17 is called testbed:node-17");
  expect(misnamed('node-2', directory)?.hint).toBe("the testbed's node-2 is called testbed:node-2");
  expect(misnamed('somebody', directory)).toBeUndefined();
  expect(misnamed('Operator-1', directory)?.hint).toBe('there is a key "operator-1"');
  expect(misnamed('operator-1', directory)).toBeUndefined();
});

test('the same behind "testbed:"', () => {
  expect(requireParticipant('gateway').name).toBe('gateway');
  expect(() => requireParticipant('Node-1')).toThrow(expect.objectContaining({ hint: 'it is called testbed:node-1' }));
  expect(() => requireParticipant('nobody')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('its participants are ') }),
  );
});
