import { requirePlausible } from '@wattchain/market';
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { connection } from '../../api/live.js';
import { wordsOf } from '../../keys/send.js';
import { account, type PageAccount } from '../../keys/session.js';
import { path } from '../../router.js';
import { type Act, ask, currentAct, type Plan } from './act.js';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
  readonly unit?: string;
  readonly help?: ComponentChildren;
  readonly problem?: string | undefined;
  readonly type?: 'text' | 'password' | 'date';
  readonly inputMode?: 'decimal' | 'numeric' | 'text';
  readonly autocomplete?: string;
  readonly lines?: number;
  readonly mono?: boolean;
}

/** A labelled input; what is wrong with it is said below it and read out. */
export function Field(props: FieldProps) {
  const id = useId();
  const { problem, help } = props;
  const described = [help === undefined ? '' : `${id}-help`, problem === undefined ? '' : `${id}-problem`]
    .join(' ')
    .trim();
  const shared = {
    id,
    value: props.value,
    'aria-invalid': problem !== undefined,
    'aria-describedby': described === '' ? undefined : described,
    autocomplete: props.autocomplete ?? 'off',
    spellcheck: false,
    class: props.mono ? 'mono' : undefined,
  };
  return (
    <div class="field">
      <label for={id}>
        {props.label}
        {props.unit !== undefined && <span class="unit"> in {props.unit}</span>}
      </label>
      {props.lines === undefined ? (
        <input
          {...shared}
          // Preact's types tell the attributes of each type apart; those given here go with all three.
          type={(props.type ?? 'text') as 'text'}
          inputMode={props.inputMode ?? 'text'}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      ) : (
        <textarea {...shared} rows={props.lines} onInput={(event) => props.onInput(event.currentTarget.value)} />
      )}
      {help !== undefined && <small id={`${id}-help`}>{help}</small>}
      {problem !== undefined && (
        <span class="error" id={`${id}-problem`} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onInput: (value: string) => void;
  readonly help?: ComponentChildren;
}

/** A labelled select. */
export function Choice({ label, value, options, onInput, help }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onChange={(event) => onInput(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      {help !== undefined && <small id={`${id}-help`}>{help}</small>}
    </div>
  );
}

/** Why the acting account cannot sign now, as a sentence; `undefined` when it can. */
export function whyNotSigning(acting: PageAccount | undefined): string | undefined {
  if (connection.value === 'unreachable') return 'The node does not answer; this works again when it does.';
  if (acting === undefined) return 'Choose an account first.';
  return acting.isUnlocked ? undefined : `Unlock ${acting.name} first, at the top of this page.`;
}

interface ActionFormProps {
  /** What the form does; also its name for screen readers. */
  readonly title: string;
  readonly button: string;
  /** `undefined` while a field is wrong: then the fields say why. */
  readonly plan: (acting: PageAccount) => Promise<Plan | undefined>;
  /** Called once everything is sent and its person has read that, to empty the fields. */
  readonly onSent?: () => void;
  /** For a form that was opened by choice: closes it. */
  readonly onCancel?: () => void;
  /** The fields; they show what is wrong with them once the person has tried. */
  readonly children: (hasTried: boolean) => ComponentChildren;
}

/** Fields, a look at what will happen, and only then a signature. What was typed stays until it was sent. */
export function ActionForm({ title, button, plan, onSent, onCancel, children }: ActionFormProps) {
  const [hasTried, setTried] = useState(false);
  const reasonId = useId();
  const asking = useAsking(plan, (isSent) => {
    setTried(false);
    if (isSent) onSent?.();
  });
  return (
    <div class="action">
      <form
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault();
          if (asking.isHindered) return;
          setTried(true);
          void asking.review();
        }}
      >
        <fieldset disabled={asking.isAsked}>{children(hasTried)}</fieldset>
        <Failure text={asking.failure} />
        <div class="actions">
          <button
            type="submit"
            class="primary"
            disabled={asking.isHindered}
            aria-describedby={asking.blocked === undefined ? undefined : reasonId}
          >
            {button}
          </button>
          {onCancel !== undefined && (
            <button type="button" class="quiet" disabled={asking.isAsked} onClick={onCancel}>
              Not now
            </button>
          )}
          {asking.blocked !== undefined && <small id={reasonId}>{asking.blocked}</small>}
        </div>
      </form>
    </div>
  );
}

interface ActionButtonProps {
  readonly label: string;
  readonly text: string;
  readonly plan: (acting: PageAccount) => Promise<Plan>;
}

/** The same for what needs no fields. */
export function ActionButton({ label, text, plan }: ActionButtonProps) {
  const { blocked, isHindered, failure, review } = useAsking(plan, () => {});
  return (
    <>
      <div class="actions">
        <button type="button" aria-label={label} disabled={isHindered} onClick={() => void review()}>
          {text}
        </button>
        {blocked !== undefined && <small>{blocked}</small>}
      </div>
      <Failure text={failure} />
    </>
  );
}

/** What a form or a button has to do with the {@link Act} that it asks for: no more than to ask, and to be closed meanwhile. */
function useAsking(plan: ActionFormProps['plan'], onClose: (isSent: boolean) => void) {
  const [failure, setFailure] = useState<string>();
  const [isPlanning, setPlanning] = useState(false);
  const asked = useRef<Act>(undefined);
  const act = currentAct.value;
  const isAsked = act !== undefined && act === asked.current;
  const acting = account.value;
  const blocked = isAsked ? undefined : whyNotSigning(acting);
  const review = async () => {
    if (acting === undefined) return;
    setFailure(undefined);
    setPlanning(true);
    const where = path.peek();
    try {
      const made = await plan(acting);
      requirePlausible(made?.doubts ?? []);
      // Who has gone elsewhere meanwhile asks no more.
      if (made !== undefined && where === path.peek()) asked.current = ask(made, acting, onClose);
    } catch (error) {
      setFailure(wordsOf(error));
    } finally {
      setPlanning(false);
    }
  };
  const isHindered = blocked !== undefined || isPlanning || isAsked || act?.isWorking === true;
  return { blocked, isAsked, isHindered, failure, review };
}

function Failure({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="failed" role="alert">
      {text}
    </p>
  );
}
