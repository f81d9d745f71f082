/** A run as plain data: who takes part and what goes wrong when. It can be written down, made smaller and played again. */
import { WattchainError } from '@wattchain/core';

/** What a byzantine node does that no honest one does; it runs the real code otherwise. */
export const LIES = ['claimedWork', 'forgedStatus', 'withheldBlocks', 'silence', 'invalidBlocks', 'selfish'] as const;
export type Lie = (typeof LIES)[number];

/** One node of a plan. */
export interface NodePlan {
  /** Hash power: tries per virtual second, fractions allowed. */
  readonly triesPerSecond: number;
  /** Absent: it is honest. */
  readonly lie?: Lie;
}

interface Timed {
  /** Virtual milliseconds since the run began. */
  readonly atMs: number;
  /** How long it lasts. */
  readonly forMs: number;
}

/** Something that goes wrong for a while. Nodes are meant by their index. */
export type Fault =
  /** Nothing goes between groups. */
  | (Timed & { readonly kind: 'partition'; readonly groups: readonly (readonly number[])[] })
  /** The same, on and off: cut for `downMs`, whole for `upMs`, and again. */
  | (Timed & {
      readonly kind: 'flap';
      readonly groups: readonly (readonly number[])[];
      readonly downMs: number;
      readonly upMs: number;
    })
  /** Nothing goes from these to those; the other way everything does. */
  | (Timed & { readonly kind: 'oneWay'; readonly from: readonly number[]; readonly to: readonly number[] })
  /** The process dies with what it has not synced, and is started again at the end. */
  | (Timed & { readonly kind: 'crash'; readonly node: number })
  /**
   * The disk is full, or cannot be read, until the operator has seen to it and starts the node again; or one bit of it turns over, and at the
   * end the operator deletes the folder and starts the node empty.
   */
  | (Timed & { readonly kind: 'disk'; readonly node: number; readonly trouble: 'full' | 'readError' | 'flippedBit' })
  /** Its clock is off by so much. */
  | (Timed & { readonly kind: 'clock'; readonly node: number; readonly offsetMs: number })
  /** Everything to and from the node takes longer. */
  | (Timed & { readonly kind: 'slow'; readonly node: number; readonly delayMs: number })
  /** On all links messages are lost, come twice, and take between nothing and `jitterMs` longer, so that they overtake each other. */
  | (Timed & {
      readonly kind: 'loss';
      readonly lossPerMille: number;
      readonly duplicatePerMille: number;
      readonly jitterMs: number;
    })
  /** The nodes have `perMille` thousandths of their hash power. */
  | (Timed & { readonly kind: 'hashRate'; readonly nodes: readonly number[]; readonly perMille: number });

/** See the file's comment. */
export interface Plan {
  readonly scenario: string;
  readonly seed: number;
  /** Virtual hours. */
  readonly hours: number;
  readonly nodes: readonly NodePlan[];
  /** Members that a node must see to mine, itself included; absent: a strict majority. 1: it mines alone. */
  readonly minMembers?: number;
  readonly faults: readonly Fault[];
  /** Whether honest nodes may come to confirm different blocks (it is counted, and both sides must raise the alarm), or never. */
  readonly splits: 'forbidden' | 'counted';
  /** An operator allows the lighter side of a split to give way when the alarm has been on for so long; absent: nobody decides. */
  readonly operatorAfterMs?: number;
}

const KINDS: ReadonlySet<string> = new Set<Fault['kind']>([
  'partition',
  'flap',
  'oneWay',
  'crash',
  'disk',
  'clock',
  'slow',
  'loss',
  'hashRate',
]);

/** A plan out of a file. Throws `badPlan`. */
export function parsePlan(text: string): Plan {
  const plan = readJson(text) as Partial<Plan> | null;
  const isWhole =
    Number.isSafeInteger(plan?.seed) &&
    Number.isFinite(plan?.hours) &&
    Array.isArray(plan?.nodes) &&
    Array.isArray(plan?.faults) &&
    (plan?.splits === 'forbidden' || plan?.splits === 'counted');
  if (!isWhole || plan?.faults?.some(({ kind }) => !KINDS.has(kind))) {
    throw new WattchainError('badPlan', 'the file is no plan of a simulation', {
      hint: 'give a file that a run with --shrink has written',
    });
  }
  return plan as Plan;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Part of all hash power that lies, in thousandths. */
export function lyingPerMille({ nodes }: Pick<Plan, 'nodes'>): number {
  const sum = (list: readonly NodePlan[]) => list.reduce((total, { triesPerSecond }) => total + triesPerSecond, 0);
  return Math.round((1000 * sum(nodes.filter(({ lie }) => lie !== undefined))) / sum(nodes));
}

/** Whether a node must see others to mine, so that two sides of a partition never mine both. */
export function hasMembershipRule({ nodes, minMembers }: Pick<Plan, 'nodes' | 'minMembers'>): boolean {
  return minMembers === undefined || 2 * minMembers > nodes.length;
}
