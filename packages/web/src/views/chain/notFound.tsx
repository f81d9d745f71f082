/** Nothing has this address, and what to do now. */
export function NotFound(props: { title: string; children: string }) {
  return (
    <>
      <h1>{props.title}</h1>
      <p class="lead">{props.children}</p>
      <p>
        <a href="/chain">Back to the chain</a>
      </p>
    </>
  );
}
