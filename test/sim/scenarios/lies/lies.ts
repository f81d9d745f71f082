import type { Disguise } from '../../world/simNode.js';
import type { Lie, Plan } from '../plan.js';
import { claimedWork, forgedStatus } from './claims.js';
import { invalidBlocks } from './invalidBlocks.js';
import { selfish } from './selfish.js';
import { silence, withheldBlocks } from './withholding.js';

const DISGUISES: Readonly<Record<Lie, () => Disguise>> = {
  claimedWork: () => claimedWork,
  forgedStatus: () => forgedStatus,
  withheldBlocks: () => withheldBlocks,
  silence: () => silence,
  invalidBlocks,
  selfish,
};

/** The byzantine nodes of a plan, by index. */
export function disguisesOf({ nodes }: Pick<Plan, 'nodes'>): Map<number, Disguise> {
  return new Map(nodes.flatMap(({ lie }, index) => (lie === undefined ? [] : [[index, DISGUISES[lie]()] as const])));
}
