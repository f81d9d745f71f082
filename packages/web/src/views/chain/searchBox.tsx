import { useState } from 'preact/hooks';
import { getCode } from 'viem/actions';
import { readBlock } from '../../api/blocks.js';
import { names } from '../../api/community.js';
import { status } from '../../api/live.js';
import { client, request } from '../../api/node.js';
import { shortMessage } from '../../api/useLive.js';
import { count } from '../../format.js';
import { readSearchTerm } from '../../model/search.js';
import { goTo } from '../../router.js';

/** Finds a block, a transaction, an account or a contract by whatever a person has of it. */
export function SearchBox() {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    setAnswer('searching …');
    try {
      const found = await find(text);
      if ('path' in found) {
        goTo(found.path);
        setText('');
      }
      setAnswer('path' in found ? '' : found.nothing);
    } catch (error) {
      setAnswer(`The node could not be asked: ${shortMessage(error)}`);
    }
  };
  return (
    <search class="wide">
      <form class="search" onSubmit={submit}>
        <label class="visually-hidden" for="search">
          Search the chain
        </label>
        <input
          id="search"
          type="search"
          placeholder="block number, hash, address or name"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAnswer('');
          }}
        />
        <button type="submit">Search</button>
      </form>
      <p class="answer" role="status">
        {answer}
      </p>
    </search>
  );
}

/** A shorter part of a name is in too many of them. */
const MIN_PART = 3;

type Found = { readonly path: string } | { readonly nothing: string };

async function find(text: string): Promise<Found> {
  const term = readSearchTerm(text);
  switch (term.kind) {
    case 'nothing':
      return { nothing: 'Type a block number, a hash, an address or a name.' };
    case 'height': {
      const head = status.peek()?.head.height ?? 0;
      if (term.height <= head) return { path: `/chain/block/${term.height}` };
      return { nothing: `There is no block ${count(term.height)} yet: the newest is ${count(head)}.` };
    }
    case 'hash': {
      const [block, place] = await Promise.all([
        readBlock(term.hash),
        request<{ status: string }>('watt_transactionStatus', term.hash),
      ]);
      if (block !== undefined) return { path: `/chain/block/${term.hash}` };
      if (place.status !== 'unknown') return { path: `/chain/tx/${term.hash}` };
      return { nothing: 'This node knows no block and no transaction of this hash.' };
    }
    case 'address': {
      const code = await getCode(client, { address: term.address });
      return { path: `/chain/${code === undefined ? 'account' : 'contract'}/${term.address}` };
    }
    case 'name': {
      const plain = (name: string) => name.toLowerCase().replace(/[\s-]+/g, '');
      const wanted = plain(term.name);
      const all = [...names.peek()];
      const found =
        all.find(([, { name }]) => plain(name) === wanted) ??
        (wanted.length < MIN_PART ? undefined : all.find(([, { name }]) => plain(name).includes(wanted)));
      if (found) return { path: `/chain/${found[1].kind === 'contract' ? 'contract' : 'account'}/${found[0]}` };
      return {
        nothing: `Nothing here is called "${term.name.slice(0, 60)}". A hash has 64 hexadecimal digits, an address 40.`,
      };
    }
  }
}
