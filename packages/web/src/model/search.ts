/** What somebody typed into the search box. */
export type SearchTerm =
  | { readonly kind: 'height'; readonly height: number }
  | { readonly kind: 'hash'; readonly hash: `0x${string}` }
  | { readonly kind: 'address'; readonly address: `0x${string}` }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'nothing' };

/** Tells what a text may be the name of. Pasted text may lack its `0x` or bring spaces and thousands separators. */
export function readSearchTerm(text: string): SearchTerm {
  const term = text.trim();
  if (term === '') return { kind: 'nothing' };
  const height = term.replace(/^#|^block\s+/i, '').replace(/(\d)[,' ](?=\d{3})/g, '$1');
  if (/^\d{1,15}$/.test(height)) return { kind: 'height', height: Number(height) };
  const digits = term.replace(/^0x/i, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return { kind: 'hash', hash: `0x${digits}` };
  if (/^[0-9a-f]{40}$/.test(digits)) return { kind: 'address', address: `0x${digits}` };
  return { kind: 'name', name: term };
}
