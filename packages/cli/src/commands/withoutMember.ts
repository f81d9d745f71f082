import { WattchainError } from '@wattchain/core';
import type { NodeConfigInput } from '@wattchain/node';

/**
 * A node's configuration without one of the members: it counts no longer, and only those that are left may connect. `self`
 * is the node's own peer id. Errors: `revokesItself`, `openNetwork`, `unknownMember`.
 */
export function withoutMember(config: NodeConfigInput, revoked: string, self: string): NodeConfigInput {
  const { members = [], allow, peers = [] } = config.p2p ?? {};
  if (revoked === self) {
    throw new WattchainError('revokesItself', `${revoked} is this node itself`, {
      values: { peerId: revoked },
      hint: 'a member is taken out on the nodes that stay: name their data directories',
    });
  }
  if (members.length === 0 && allow === undefined) {
    throw new WattchainError(
      'openNetwork',
      'the configuration names neither members nor who may connect: whoever is sent away comes back under a new peer id',
      { hint: 'name the members in p2p.members of every config.json first, then take one out' },
    );
  }
  const mayConnect = allow ?? [...new Set([...members, self])];
  if (![...members, ...mayConnect].includes(revoked)) {
    throw new WattchainError('unknownMember', `"${revoked}" is neither in p2p.members nor in p2p.allow`, {
      values: { peerId: revoked, members, allow: mayConnect },
      hint: 'wattchain peers and config.json show the peer ids',
    });
  }
  const others = (peerIds: readonly string[]) => peerIds.filter((peerId) => peerId !== revoked);
  return {
    ...config,
    p2p: {
      ...config.p2p,
      peers: peers.filter((address) => !address.endsWith(`/p2p/${revoked}`)),
      ...(members.length === 0 ? {} : { members: others(members) }),
      allow: others(mayConnect),
    },
  };
}
