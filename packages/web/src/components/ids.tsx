import { useEffect, useState } from 'preact/hooks';
import { type Address, getAddress, type Hex } from 'viem';
import { names } from '../api/community.js';
import { count, shortAddress, shortHash } from '../format.js';
import { nameIn } from '../model/names.js';

/** Somebody on the chain by name, or by the ends of the address; a link to what the chain knows of them. */
export function Who({ address }: { address: Address }) {
  const known = nameIn(names.value, address);
  const kind = known?.kind === 'contract' ? 'contract' : 'account';
  const full = getAddress(address);
  return (
    <a class={known === undefined ? 'who mono' : 'who'} href={`/chain/${kind}/${full}`} title={full}>
      {known?.name ?? shortAddress(address)}
    </a>
  );
}

/** The same with the whole address, to be read out or copied. */
export function FullAddress({ address }: { address: Address }) {
  const full = getAddress(address);
  return (
    <span class="id">
      {nameIn(names.value, address) && <Who address={address} />}{' '}
      <a class="mono" href={`/chain/account/${full}`}>
        {full}
      </a>
      <Copy text={full} what="address" />
    </span>
  );
}

/** A transaction by the ends of its hash. */
export function TransactionLink({ hash }: { hash: Hex }) {
  return (
    <a class="mono" href={`/chain/tx/${hash}`} title={hash}>
      {shortHash(hash)}
    </a>
  );
}

/** A block by its height. */
export function BlockLink({ height }: { height: number | bigint }) {
  return <a href={`/chain/block/${height}`}>{count(height)}</a>;
}

/** A whole hash; `href` where it leads somewhere. */
export function FullHash({ hash, href, what = 'hash' }: { hash: Hex; href?: string; what?: string }) {
  return (
    <span class="id">
      {href === undefined ? (
        <span class="mono">{hash}</span>
      ) : (
        <a class="mono" href={href}>
          {hash}
        </a>
      )}
      <Copy text={hash} what={what} />
    </span>
  );
}

const TOLD_MS = 2_000;

/** A button that copies. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [told, setTold] = useState('');
  useEffect(() => {
    if (told === '') return;
    const timer = setTimeout(() => setTold(''), TOLD_MS);
    return () => clearTimeout(timer);
  }, [told]);
  const copy = async () => setTold((await copyText(text)) ? 'copied' : 'not copied: select it by hand');
  return (
    <>
      <button type="button" class="copy" aria-label={`copy the ${what}`} title={`copy the ${what}`} onClick={copy}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          {told === 'copied' ? <path d="M3 8.5 6.5 12 13 4.5" /> : <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />}
        </svg>
      </button>
      <span class="visually-hidden" role="status">
        {told}
      </span>
    </>
  );
}

/** Pages on plain HTTP have no clipboard of their own, except on this very machine. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    document.body.append(area);
    area.select();
    const isDone = document.execCommand('copy');
    area.remove();
    return isDone;
  }
}
