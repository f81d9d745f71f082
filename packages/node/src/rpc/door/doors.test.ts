import { describe, expect, test } from 'vitest';
import { checkContentType, checkDoor, isAuthorized } from './doors.js';

const RULES = { allowedHosts: ['node.example'], allowedOrigins: ['https://page.example'] };
const statusOf = (host: string | undefined, origin?: string) => {
  const headers = { ...(host === undefined ? {} : { host }), ...(origin === undefined ? {} : { origin }) };
  return checkDoor(headers, RULES)?.status;
};

describe('Host', () => {
  test.each([
    'localhost',
    'localhost:8545',
    'LocalHost:1',
    '127.0.0.1:8545',
    '[::1]:8545',
    '192.168.1.20:8545',
    '[fe80::1]',
  ])('%s is let in', (host) => expect(statusOf(host)).toBeUndefined());
  test('so is a configured name, with any port', () => expect(statusOf('Node.Example:443')).toBeUndefined());
  test.each([
    'evil.example',
    'evil.example:8545',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost:',
    '',
    '[::1',
    '[zz]',
    'localhost:8545:1',
  ])('"%s" is refused', (host) => expect(statusOf(host)).toBe(403));
  test('so is none', () => expect(statusOf(undefined)).toBe(403));
});

describe('Origin', () => {
  test.each([
    'http://localhost:8545',
    'chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn',
    'moz-extension://8a2f',
    'https://page.example',
  ])('%s is let in', (origin) => expect(statusOf('localhost:8545', origin)).toBeUndefined());
  test.each([
    'null',
    '',
    'http://localhost:3000',
    'http://127.0.0.1:8545',
    'https://evil.example',
    'https://page.example.evil.example',
    'http://page.example',
    'https://evil.example/chrome-extension://',
  ])('"%s" is refused', (origin) => expect(statusOf('localhost:8545', origin)).toBe(403));
});

describe('Content-Type', () => {
  const status = (type?: string, encoding?: string) =>
    checkContentType({
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    })?.status;
  test('only JSON passes, with or without a charset', () => {
    expect(status('application/json')).toBeUndefined();
    expect(status('Application/JSON; charset=utf-8')).toBeUndefined();
    for (const type of [undefined, '', 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
      expect(status(type)).toBe(415);
    }
  });
  test('compressed bodies do not', () => {
    expect(status('application/json', 'gzip')).toBe(415);
    expect(status('application/json', 'identity')).toBeUndefined();
  });
});

describe('the token', () => {
  const token = 'ab'.repeat(32);
  const shows = (authorization?: string) => isAuthorized(authorization === undefined ? {} : { authorization }, token);
  test('opens as a bearer token', () => {
    expect(shows(`Bearer ${token}`)).toBe(true);
    expect(shows(`bearer  ${token}`)).toBe(true);
  });
  test.each([
    undefined,
    '',
    'Bearer',
    `Basic ${token}`,
    token,
    `Bearer ${token}0`,
    `Bearer ${token.slice(1)}`,
    `Bearer x ${token}`,
  ])('%s does not', (authorization) => expect(shows(authorization)).toBe(false));
});
