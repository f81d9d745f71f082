import type { Doubt } from '@wattchain/market';
import { Fragment } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Hex } from 'viem';
import { reader } from '../../api/community.js';
import { rehearse, SendError, type Step, send, wordsOf } from '../../keys/send.js';
import { failureInWords } from '../../model/transactionWords.js';
import { feeText } from './amounts.js';
import { whenIncluded } from './status.js';
import { TransactionProgress } from './transactionProgress.js';

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

type Progress =
  | { readonly at: 'checking' }
  | { readonly at: 'ready'; readonly feeWei: bigint }
  | { readonly at: 'working'; readonly step: number; readonly isWaiting: boolean }
  | { readonly at: 'stopped'; readonly step: number; readonly message: string; readonly canRetry: boolean }
  | { readonly at: 'sent'; readonly hash: Hex };

interface ConfirmPanelProps {
  readonly plan: Plan;
  readonly address: Hex;
  readonly onClose: (isSent: boolean) => void;
}

/** Says what will happen and what it costs, signs when asked to, and follows it into the chain. */
export function ConfirmPanel({ plan, address, onClose }: ConfirmPanelProps) {
  const [progress, setProgress] = useState<Progress>({ at: 'checking' });
  const [isMeant, setMeant] = useState((plan.doubts ?? []).length === 0);
  const heading = useRef<HTMLHeadingElement>(null);
  const headingId = useId();

  const check = (step: number) => {
    setProgress({ at: 'checking' });
    rehearse(address, plan.steps[step] as Step).then(
      ({ feeWei }) => setProgress({ at: 'ready', feeWei }),
      (error: unknown) => setProgress({ at: 'stopped', step, message: wordsOf(error), canRetry: true }),
    );
  };
  // A panel is made for one plan and checks it once.
  useEffect(() => {
    heading.current?.focus();
    check(0);
  }, []);

  const first = useRef(0);
  const act = async () => {
    let step = first.current;
    try {
      let hash: Hex = '0x';
      for (; step < plan.steps.length; step += 1) {
        setProgress({ at: 'working', step, isWaiting: false });
        hash = await send(address, plan.steps[step] as Step);
        if (step === plan.steps.length - 1) break;
        setProgress({ at: 'working', step, isWaiting: true });
        const included = await whenIncluded(hash);
        if (included.status === 'failed') {
          throw new SendError(failureInWords(included.failure, reader.peek()), { cause: undefined });
        }
      }
      setProgress({ at: 'sent', hash });
    } catch (error) {
      first.current = step;
      const canRetry = !(error instanceof SendError && error.isUnsure);
      setProgress({ at: 'stopped', step, message: wordsOf(error), canRetry });
    }
  };

  return (
    <section class="confirm" aria-labelledby={headingId}>
      <h3 id={headingId} ref={heading} tabIndex={-1}>
        {progress.at === 'sent' ? 'Sent' : 'Please check'}
      </h3>
      <p>{plan.sentence}</p>
      {plan.terms !== undefined && (
        <dl class="facts">
          {plan.terms.map(({ name, value }) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
        </dl>
      )}
      {plan.notes?.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {plan.doubts !== undefined && plan.doubts.length > 0 && (
        <div class="failed" role="alert">
          {plan.doubts.map(({ what, hint }) => (
            <p key={what}>
              {what}: {hint}.
            </p>
          ))}
          <label class="check">
            <input type="checkbox" checked={isMeant} onInput={(event) => setMeant(event.currentTarget.checked)} />
            It is meant
          </label>
        </div>
      )}
      <Steps plan={plan} progress={progress} />
      <div class="confirm-state" aria-live="polite">
        {progress.at === 'checking' && <p class="note">Asking the node what it takes …</p>}
        {progress.at === 'ready' && (
          <p class="note">
            Fee: {feeText(progress.feeWei)}
            {plan.steps.length > first.current + 1 &&
              ' for this step; that of the next is worked out by the same rule once this one is in a block'}
            .
          </p>
        )}
        {progress.at === 'working' && (
          <p class="note">
            {progress.isWaiting
              ? 'Sent; waiting until it is in a block. Keep this page open.'
              : 'Signing and sending …'}
          </p>
        )}
        {progress.at === 'stopped' && (
          <p class="failed" role="alert">
            {progress.message}
          </p>
        )}
        {progress.at === 'sent' && <TransactionProgress hash={progress.hash} />}
      </div>
      <div class="actions">
        {progress.at === 'stopped' && progress.canRetry && (
          <button type="button" class="primary" onClick={() => check(first.current)}>
            Try again
          </button>
        )}
        {(progress.at === 'checking' || progress.at === 'ready' || progress.at === 'working') && (
          <button
            type="button"
            class="primary"
            disabled={progress.at !== 'ready' || !isMeant}
            onClick={() => void act()}
          >
            {progress.at === 'working' ? 'Working …' : progress.at === 'checking' ? 'Checking …' : 'Sign and send'}
          </button>
        )}
        {progress.at !== 'working' && (
          <button type="button" onClick={() => onClose(isSent(progress) || first.current > 0)}>
            {progress.at === 'sent' ? 'Done' : 'Back'}
          </button>
        )}
      </div>
    </section>
  );
}

/** What may have been sent counts as sent, so that nobody sends it twice by pressing the same button. */
const isSent = (progress: Progress) => progress.at === 'sent' || (progress.at === 'stopped' && !progress.canRetry);

function Steps({ plan, progress }: { plan: Plan; progress: Progress }) {
  if (plan.steps.length < 2) return null;
  const current = progress.at === 'working' || progress.at === 'stopped' ? progress.step : 0;
  const isDone = (index: number) => progress.at === 'sent' || index < current;
  return (
    <ol class="steps">
      {plan.steps.map(({ text }, index) => (
        <li key={text} aria-current={index === current && progress.at === 'working' ? 'step' : undefined}>
          {text}
          {isDone(index) && <span class="tag good">done</span>}
        </li>
      ))}
    </ol>
  );
}
