import { path } from '../router.js';

/** Nothing has this address, and what to do now. */
export function NotFound(props: { title: string; children: string; back: { href: string; text: string } }) {
  return (
    <section class="card wide">
      <h1>{props.title}</h1>
      <p>{props.children}</p>
      <p>
        <a href={props.back.href}>{props.back.text}</a>
      </p>
    </section>
  );
}

/** For an address that no view has. */
export function NoSuchPage() {
  return (
    <NotFound title="There is no such page" back={{ href: '/community', text: 'To the community' }}>
      {`${path.value.slice(0, SHOWN_LENGTH)} is not an address of this page.`}
    </NotFound>
  );
}

const SHOWN_LENGTH = 80;

/** For what the chain does not have. */
export function NotOnChain({ title, children }: { title: string; children: string }) {
  return (
    <NotFound title={title} back={{ href: '/chain', text: 'Back to the chain' }}>
      {children}
    </NotFound>
  );
}
