import type { NodeConfigInput } from '@wattchain/node';
import { expect, it } from 'vitest';
import { withoutMember } from './withoutMember.js';

const p2p = { listen: ['/ip4/127.0.0.1/tcp/1'], peers: ['/ip4/10.0.0.3/tcp/1/p2p/c', '/ip4/10.0.0.2/tcp/1/p2p/b'] };

it('takes a member out of the members and shuts everybody out who is none', () => {
  expect(withoutMember({ p2p: { ...p2p, members: ['a', 'b', 'c'] }, rpc: { port: 1 } }, 'c', 'a')).toEqual({
    p2p: { ...p2p, peers: ['/ip4/10.0.0.2/tcp/1/p2p/b'], members: ['a', 'b'], allow: ['a', 'b'] },
    rpc: { port: 1 },
  });
});

it('leaves others in who may connect, and lets the node itself be left out of the members', () => {
  expect(withoutMember({ p2p: { members: ['b', 'c'], allow: ['b', 'c', 'd'] } }, 'c', 'a').p2p).toMatchObject({
    members: ['b'],
    allow: ['b', 'd'],
  });
  expect(withoutMember({ p2p: { members: ['b', 'c'] } }, 'c', 'a').p2p).toMatchObject({
    members: ['b'],
    allow: ['b', 'a'],
  });
  expect(withoutMember({ p2p: { allow: ['b', 'c'] } }, 'c', 'a').p2p).toEqual({ peers: [], allow: ['b'] });
});

it.each<[NodeConfigInput, string, string]>([
  [{ p2p: { members: ['a', 'b'] } }, 'a', 'revokesItself'],
  [{ p2p: { members: ['a', 'b'] } }, 'x', 'unknownMember'],
  [{ p2p: { peers: [] } }, 'b', 'openNetwork'],
  [{}, 'b', 'openNetwork'],
])('refuses %j without %s', (config, revoked, code) => {
  expect(() => withoutMember(config, revoked, 'a')).toThrow(expect.objectContaining({ code }));
});
