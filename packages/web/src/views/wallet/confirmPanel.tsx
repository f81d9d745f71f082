import { Fragment } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { type Act, closeAct, currentAct, type Plan, type Progress } from './act.js';
import { feeText } from './amounts.js';
import { TransactionProgress } from './transactionProgress.js';

/** The place of the page where a person checks, signs and follows what they asked for; below all views, whatever those show. */
export function ConfirmPanel() {
  const act = currentAct.value;
  return act === undefined ? null : <Panel key={act.number} act={act} />;
}

/** Says what will happen and what it costs, signs when asked to, and follows it into the chain. */
function Panel({ act }: { act: Act }) {
  const { plan } = act;
  const progress = act.progress.value;
  const [isMeant, setMeant] = useState((plan.doubts ?? []).length === 0);
  const heading = useRef<HTMLHeadingElement>(null);
  const headingId = useId();
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus();
    return () => goBackTo(before);
  }, []);
  return (
    <section class="confirm" aria-labelledby={headingId}>
      <h2 id={headingId} ref={heading} tabIndex={-1}>
        {progress.at === 'sent' ? 'Sent' : 'Please check'}
      </h2>
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
      <State act={act} progress={progress} />
      <Buttons act={act} progress={progress} isMeant={isMeant} />
    </section>
  );
}

/** Whoever types or hears goes on where they were, if that is still there. */
function goBackTo(place: Element | null): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    const target = place?.isConnected === true ? place : document.getElementById('main');
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  });
}

function State({ act, progress }: { act: Act; progress: Progress }) {
  return (
    <div class="confirm-state" aria-live="polite">
      {progress.at === 'checking' && <p class="note">Asking the node what it takes …</p>}
      {progress.at === 'ready' && (
        <p class="note">
          Fee: {feeText(progress.feeWei)}
          {act.left > 1 &&
            ' for this step; that of the next is worked out by the same rule once this one is in a block'}
          .
        </p>
      )}
      {progress.at === 'working' && (
        <p class="note">
          {progress.isWaiting ? 'Sent; waiting until it is in a block. Keep this page open.' : 'Signing and sending …'}
        </p>
      )}
      {progress.at === 'stopped' && (
        <p class="failed" role="alert">
          {progress.message}
        </p>
      )}
      {progress.at === 'sent' && <TransactionProgress hash={progress.hash} />}
    </div>
  );
}

function Buttons({ act, progress, isMeant }: { act: Act; progress: Progress; isMeant: boolean }) {
  return (
    <div class="actions">
      {progress.at === 'stopped' && progress.canRetry && (
        <button type="button" class="primary" onClick={() => act.check()}>
          Try again
        </button>
      )}
      {(progress.at === 'checking' || progress.at === 'ready' || progress.at === 'working') && (
        <button
          type="button"
          class="primary"
          disabled={progress.at !== 'ready' || !isMeant}
          onClick={() => void act.sign()}
        >
          {progress.at === 'working' ? 'Working …' : progress.at === 'checking' ? 'Checking …' : 'Sign and send'}
        </button>
      )}
      {progress.at !== 'working' && (
        <button type="button" onClick={closeAct}>
          {progress.at === 'sent' ? 'Done' : 'Back'}
        </button>
      )}
    </div>
  );
}

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
