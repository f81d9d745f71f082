import { requirePlausible } from '@wattchain/market';
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { connection } from '../../api/live.js';
import { wordsOf } from '../../keys/send.js';
import { account, type PageAccount } from '../../keys/session.js';
import { ConfirmPanel, type Plan } from './confirmPanel.js';

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
  /** Called once everything is sent, to empty the fields. */
  readonly onSent?: () => void;
  /** Told when the panel opens and when the person closes it. */
  readonly onShown?: (isShown: boolean) => void;
  /** For a form that was opened by choice: closes it. */
  readonly onCancel?: () => void;
  /** Whether it can be filled in now. Its panel stays although what it did changes that, so that the person reads to the end what was sent. */
  readonly isOffered?: boolean;
  /** The fields; they show what is wrong with them once the person has tried. */
  readonly children: (hasTried: boolean) => ComponentChildren;
}

/** Fields, a look at what will happen, and only then a signature. What was typed stays until it was sent. */
export function ActionForm(props: ActionFormProps) {
  const { title, button, plan, onSent, onShown, onCancel, isOffered = true, children } = props;
  const [hasTried, setTried] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [shown, setShown] = useState<{ readonly plan: Plan; readonly acting: PageAccount }>();
  const [isPlanning, setPlanning] = useState(false);
  const reasonId = useId();
  const acting = account.value;
  const blocked = shown === undefined ? whyNotSigning(acting) : undefined;

  const review = async (event: Event) => {
    event.preventDefault();
    if (acting === undefined || blocked !== undefined) return;
    setTried(true);
    setFailure(undefined);
    setPlanning(true);
    try {
      const made = await plan(acting);
      requirePlausible(made?.doubts ?? []);
      if (made !== undefined) {
        setShown({ plan: made, acting });
        onShown?.(true);
      }
    } catch (error) {
      setFailure(wordsOf(error));
    } finally {
      setPlanning(false);
    }
  };
  if (shown === undefined && !isOffered) return null;
  return (
    <div class="action">
      <form aria-label={title} onSubmit={review}>
        <fieldset disabled={shown !== undefined}>{children(hasTried)}</fieldset>
        {failure !== undefined && (
          <p class="failed" role="alert">
            {failure}
          </p>
        )}
        {shown === undefined && (
          <div class="actions">
            <button
              type="submit"
              class="primary"
              disabled={blocked !== undefined || isPlanning}
              aria-describedby={blocked === undefined ? undefined : reasonId}
            >
              {button}
            </button>
            {onCancel !== undefined && (
              <button type="button" class="quiet" onClick={onCancel}>
                Not now
              </button>
            )}
            {blocked !== undefined && <small id={reasonId}>{blocked}</small>}
          </div>
        )}
      </form>
      {shown !== undefined && (
        <ConfirmPanel
          plan={shown.plan}
          address={shown.acting.address}
          onClose={(isSent) => {
            setShown(undefined);
            onShown?.(false);
            setTried(false);
            if (isSent) onSent?.();
          }}
        />
      )}
    </div>
  );
}

/** The same for what needs no fields. */
export function ActionButton(props: {
  label: string;
  text: string;
  plan: (acting: PageAccount) => Promise<Plan>;
  /** As {@link ActionFormProps} has it. */
  isOffered?: boolean;
  /** Told when the panel opens and when the person closes it. */
  onShown?: (isShown: boolean) => void;
}) {
  const [shown, setShown] = useState<{ readonly plan: Plan; readonly acting: PageAccount }>();
  const [failure, setFailure] = useState<string>();
  const acting = account.value;
  const blocked = whyNotSigning(acting);
  const review = async () => {
    if (acting === undefined) return;
    setFailure(undefined);
    try {
      setShown({ plan: await props.plan(acting), acting });
      props.onShown?.(true);
    } catch (error) {
      setFailure(wordsOf(error));
    }
  };
  const close = () => {
    setShown(undefined);
    props.onShown?.(false);
  };
  if (shown !== undefined) {
    return <ConfirmPanel plan={shown.plan} address={shown.acting.address} onClose={close} />;
  }
  if (props.isOffered === false) return null;
  return (
    <>
      <div class="actions">
        <button type="button" aria-label={props.label} disabled={blocked !== undefined} onClick={() => void review()}>
          {props.text}
        </button>
        {blocked !== undefined && <small>{blocked}</small>}
      </div>
      {failure !== undefined && (
        <p class="failed" role="alert">
          {failure}
        </p>
      )}
    </>
  );
}

/** A value as it was last there, for what a person is still reading about it. */
export function useLast<T>(value: T | undefined): T | undefined {
  const last = useRef(value);
  if (value !== undefined) last.current = value;
  return last.current;
}
