import { expect, test } from 'vitest';
import { readTitle } from './titles.js';

test.each([
  ['USAGE (kWh)', 'load', 'kWh'],
  ['load01_kWh', 'load', 'kWh'],
  ['IMPORT (kWh)', 'load', 'kWh'],
  ['Bezug [Wh]', 'load', 'Wh'],
  ['Wirkarbeit Bezug HT kWh', 'load', 'kWh'],
  ['afname kWh', 'load', 'kWh'],
  ['delivered_1', 'load', undefined],
  ['1-0:1.8.0 [Wh]', 'load', 'Wh'],
  ['gridImportKWh', 'load', 'kWh'],
  ['EXPORT (kWh)', 'pv', 'kWh'],
  ['Feed-in kWh', 'pv', 'kWh'],
  ['Netzeinspeisung (kWh)', 'pv', 'kWh'],
  ['Teruglevering T1 kWh', 'pv', 'kWh'],
  ['1-0:2.8.1', 'pv', undefined],
  ['Net export kWh', 'pv', 'kWh'],
  ['Net consumption kWh', 'net', 'kWh'],
  ['Saldo (kW)', 'net', 'kW'],
  ['Value (kWh)', 'unnamed', 'kWh'],
  ['POWER(W)', 'unnamed', 'W'],
  ['Gas usage (kWh)', undefined, 'kWh'],
  ['Self-consumption (kWh)', undefined, 'kWh'],
  ['Solar consumption (kWh)', undefined, 'kWh'],
  ['Price EUR/kWh', undefined, 'kWh'],
  ['Feed-in EUR per kWh', undefined, 'kWh'],
  ['Reactive import (kVArh)', undefined, undefined],
  ['1-0:3.8.0', undefined, undefined],
  ['Max import kW', undefined, 'kW'],
  ['Cost', undefined, undefined],
  ['Notes', undefined, undefined],
])('%s', (title, role, unit) => {
  expect(readTitle(title)).toMatchObject({ role, unit });
});

test('registers, tariffs and units that are none', () => {
  expect(readTitle('Zählerstand Bezug (kWh)')).toMatchObject({ role: 'load', isRegister: true });
  expect(readTitle('meter reading export kWh')).toMatchObject({ role: 'pv', isRegister: true });
  expect(readTitle('Import T2 kWh')).toMatchObject({ part: '2', isRegister: false });
  expect(readTitle('1-0:1.8.2 (kWh)')).toMatchObject({ part: '2', isRegister: true });
  expect(readTitle('Bezug NT (kWh)')).toMatchObject({ part: 'nt' });
  expect(readTitle('load MWh')).toMatchObject({ unit: undefined, foreignUnit: 'MWh' });
  expect(readTitle('load mWh')).toMatchObject({ unit: 'mWh', foreignUnit: undefined });
});
