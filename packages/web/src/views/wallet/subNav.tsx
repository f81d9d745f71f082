import { path } from '../../router.js';

/** Links to the parts of a view. */
export function SubNav({ label, pages }: { label: string; pages: readonly { path: string; name: string }[] }) {
  return (
    <nav class="sub" aria-label={label}>
      {pages.map((page) => (
        <a key={page.path} href={page.path} aria-current={path.value === page.path ? 'page' : undefined}>
          {page.name}
        </a>
      ))}
    </nav>
  );
}
