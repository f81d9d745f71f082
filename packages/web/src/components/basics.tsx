import type { ComponentChildren } from 'preact';
import type { Loaded } from '../api/useLive.js';

/** A box with a heading. */
export function Card(props: { title: string; aside?: ComponentChildren; children: ComponentChildren; wide?: boolean }) {
  return (
    <section class={props.wide ? 'card wide' : 'card'}>
      <header>
        <h2>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

/** What was read, or a word about why it is not there yet. */
export function Await<T>(props: { of: Loaded<T>; children: (value: T) => ComponentChildren; lines?: number }) {
  const { of: loaded } = props;
  if (loaded.state === 'loaded') return <>{props.children(loaded.value)}</>;
  if (loaded.state === 'failed') {
    return (
      <p class="failed" role="alert">
        {loaded.message}
      </p>
    );
  }
  return <Skeleton lines={props.lines ?? 3} />;
}

/** Keeps the room of what is still being read, so that nothing jumps. */
export function Skeleton({ lines }: { lines: number }) {
  return (
    <div class="skeleton" role="status" aria-label="loading">
      {Array.from({ length: lines }, (_, line) => (
        // The lines are all alike.
        <span key={line} />
      ))}
    </div>
  );
}

/** Says that there is nothing, and what would change that. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** A figure with its unit and what it says. */
export function Figure(props: { value: ComponentChildren; label: string; note?: ComponentChildren }) {
  return (
    <div class="figure">
      <strong>{props.value}</strong>
      <span>{props.label}</span>
      {props.note !== undefined && <small>{props.note}</small>}
    </div>
  );
}

/** How far a transaction is on its way to be confirmed, `n/12`, as a bar that fills. */
export function Confirmations({ done, needed }: { done: number; needed: number }) {
  const shown = Math.min(done, needed);
  return (
    <span class={shown === needed ? 'confirmations complete' : 'confirmations'}>
      <meter min={0} max={needed} value={shown} aria-label={`${shown} of ${needed} confirmations`} />
      <span>
        {shown}/{needed}
      </span>
    </span>
  );
}
