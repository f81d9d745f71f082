import { effect, signal, untracked } from '@preact/signals';
import type { Doubt } from '@wattchain/market';
import type { Hex } from 'viem';
import { reader } from '../../api/community.js';
import { genesisHash } from '../../api/live.js';
import { rehearse, SendError, type Step, send, wordsOf } from '../../keys/send.js';
import { account, type PageAccount } from '../../keys/session.js';
import { failureInWords } from '../../model/transactionWords.js';
import { path } from '../../router.js';
import { whenIncluded } from './status.js';

/** What a signed act relies on. */
export interface Term {
  readonly name: string;
  readonly value: string;
}

/** What a person is about to do, before anything is signed. */
export interface Plan {
  /** What will happen, in plain words. */
  readonly sentence: string;
  /** All that the signature names, so that it is good for nothing else. */
  readonly terms?: readonly Term[];
  /** What else one should know before. */
  readonly notes?: readonly string[];
  /** Why it looks like a slip. What no word settles is refused; the rest is asked before the signature. */
  readonly doubts?: readonly Doubt[];
  /** One transaction after the other: the next is made once the one before is in a block. */
  readonly steps: readonly [Step, ...Step[]];
}

export type Progress =
  | { readonly at: 'checking' }
  | { readonly at: 'ready'; readonly feeWei: bigint }
  | { readonly at: 'working'; readonly step: number; readonly isWaiting: boolean }
  | { readonly at: 'stopped'; readonly step: number; readonly message: string; readonly canRetry: boolean }
  | { readonly at: 'sent'; readonly hash: Hex };

let asked = 0;

/**
 * What a person asked for, from the look at it until it is on its way. It belongs to the page and not to the form or row that it was
 * asked in: a block can take those away at any moment, and what was signed is read to the end.
 */
export class Act {
  /** Tells one from the other. */
  readonly number = ++asked;
  readonly progress = signal<Progress>({ at: 'checking' });
  /** The first step that is not in a block. */
  #next = 0;
  #isSigned = false;

  constructor(
    readonly plan: Plan,
    readonly acting: PageAccount,
    /** Told whether everything was sent, or may have been. */
    private readonly onClose: (isSent: boolean) => void,
    private readonly chain: Hex | undefined,
    private readonly where: string,
  ) {}

  /** Whether something of it is being signed or waited for, which nothing may interrupt. */
  get isWorking(): boolean {
    return this.progress.value.at === 'working';
  }

  /** Steps that are still to be signed. */
  get left(): number {
    return this.plan.steps.length - this.#next;
  }

  /** Asks the node what the next step would do now. */
  check(): void {
    const step = this.#next;
    this.progress.value = { at: 'checking' };
    rehearse(this.acting.address, this.plan.steps[step] as Step).then(
      ({ feeWei }) => {
        this.progress.value = { at: 'ready', feeWei };
      },
      (error: unknown) => {
        this.progress.value = { at: 'stopped', step, message: wordsOf(error), canRetry: true };
      },
    );
  }

  /** Signs and sends what is left, one step after the other. */
  async sign(): Promise<void> {
    this.#isSigned = true;
    const { steps } = this.plan;
    try {
      for (;;) {
        this.progress.value = { at: 'working', step: this.#next, isWaiting: false };
        const hash = await send(this.acting.address, steps[this.#next] as Step);
        if (this.left === 1) {
          this.progress.value = { at: 'sent', hash };
          return;
        }
        this.progress.value = { at: 'working', step: this.#next, isWaiting: true };
        const included = await whenIncluded(hash);
        if (included.status === 'failed') {
          throw new SendError(failureInWords(included.failure, reader.peek()), { cause: undefined });
        }
        this.#next += 1;
      }
    } catch (error) {
      const canRetry = !(error instanceof SendError && error.isUnsure);
      this.progress.value = { at: 'stopped', step: this.#next, message: wordsOf(error), canRetry };
    }
  }

  /** Whether a person who is there, on that chain, still has to do with it: before the signature it goes with its page and account. */
  concerns(chain: Hex | undefined, where: string, address: Hex | undefined): boolean {
    return chain === this.chain && (this.#isSigned || (where === this.where && address === this.acting.address));
  }

  /** What may have been sent counts as sent, so that nobody sends it twice by pressing the same button. */
  end(): void {
    const now = this.progress.peek();
    this.onClose(now.at === 'sent' || (now.at === 'stopped' && !now.canRetry) || this.#next > 0);
  }
}

/** The one that the page shows; the next one takes its place. */
export const currentAct = signal<Act | undefined>(undefined);

/** Shows a person what they asked for, and has the node look at it. Throws {@link SendError} while another act is being sent. */
export function ask(plan: Plan, acting: PageAccount, onClose: (isSent: boolean) => void): Act {
  if (currentAct.peek()?.isWorking === true) {
    throw new SendError('What you signed before is still on its way: wait until it is sent.', { cause: undefined });
  }
  closeAct();
  const act = new Act(plan, acting, onClose, genesisHash.peek(), path.peek());
  currentAct.value = act;
  act.check();
  return act;
}

/** Its person has read it. */
export function closeAct(): void {
  const act = currentAct.peek();
  currentAct.value = undefined;
  act?.end();
}

/** Closes what concerns nobody any more, as long as the page is open. */
export function startActs(): void {
  effect(() => {
    const [chain, where, address] = [genesisHash.value, path.value, account.value?.address];
    untracked(() => {
      if (currentAct.peek()?.concerns(chain, where, address) === false) closeAct();
    });
  });
}
