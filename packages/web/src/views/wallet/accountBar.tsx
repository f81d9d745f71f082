import { getTokenBalance } from '@wattchain/market';
import { useState } from 'preact/hooks';
import type { Hex } from 'viem';
import { getBalance } from 'viem/actions';
import { community } from '../../api/community.js';
import { client, contracts } from '../../api/node.js';
import { type Loaded, useLive } from '../../api/useLive.js';
import { Coins, Tokens } from '../../components/amounts.js';
import { Figure } from '../../components/basics.js';
import { shortAddress, wordText } from '../../format.js';
import { wordsOf } from '../../keys/send.js';
import {
  account,
  accounts,
  choose,
  lock,
  type PageAccount,
  publishedAccounts,
  unlock,
  usePublished,
} from '../../keys/session.js';
import { Choice, Field } from './forms.js';

/** What an account has. */
export interface Balances {
  readonly wei: bigint;
  readonly tokens: bigint;
}

/** The balances of an account, live. */
export function useBalances(address: Hex | undefined): Loaded<Balances | undefined> {
  return useLive(async () => {
    if (address === undefined) return undefined;
    const [wei, owned] = await Promise.all([
      getBalance(client, { address }),
      getTokenBalance(client, { tokenAddress: contracts.tokenAddress, owner: address }),
    ]);
    return { wei, tokens: owned };
  }, [address]);
}

/** Who acts, what they have, and whether their key is unlocked. */
export function AccountBar() {
  const acting = account.value;
  const balances = useBalances(acting?.address);
  const known = balances.state === 'loaded' ? balances.value : undefined;
  if (acting === undefined) return <Welcome />;
  return (
    <section class="card wide account-bar" aria-label="Who acts">
      <div class="account-choice">
        <Choice
          label="Acting account"
          value={acting.address}
          options={accounts.value.map(({ address, name }) => ({
            value: address,
            text: `${name} · ${shortAddress(address)}`,
          }))}
          onInput={(address) => choose(address as Hex)}
        />
        <small>
          <KeyState acting={acting} /> <a href="/wallet/accounts">Other accounts</a>
        </small>
      </div>
      <div class="figures">
        <Figure
          value={<span class="token">{known ? <Tokens units={known.tokens} /> : '…'}</span>}
          label="Energy Tokens"
        />
        <Figure value={known ? <Coins wei={known.wei} /> : '…'} label="coins, for fees and the bank" />
      </div>
      {!acting.isUnlocked && <Unlock key={acting.address} acting={acting} />}
    </section>
  );
}

function KeyState({ acting }: { acting: PageAccount }) {
  if (acting.kind === 'published') return <span class="tag waiting">testbed: everybody has this key</span>;
  if (!acting.isUnlocked) return <span class="tag">locked</span>;
  return (
    <>
      <span class="tag good">unlocked</span>
      <button type="button" class="quiet" onClick={lock}>
        Lock
      </button>
    </>
  );
}

function Unlock({ acting }: { acting: PageAccount }) {
  const [passphrase, setPassphrase] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isWorking, setWorking] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setWorking(true);
    setProblem(undefined);
    try {
      await unlock(acting.address, passphrase);
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setWorking(false);
    }
  };
  return (
    <form class="unlock" aria-label={`Unlock ${acting.name}`} onSubmit={submit}>
      <Field
        label={`Passphrase of ${acting.name}`}
        type="password"
        autocomplete="current-password"
        value={passphrase}
        onInput={setPassphrase}
        problem={problem}
      />
      <button type="submit" class="primary" disabled={isWorking || passphrase === ''}>
        {isWorking ? 'Unlocking …' : 'Unlock'}
      </button>
    </form>
  );
}

function Welcome() {
  return (
    <section class="card wide" aria-label="Choose an account">
      <header>
        <h2>Who are you?</h2>
      </header>
      <p>
        An account holds coins and Energy Tokens and signs what you do. Its key stays in this browser.{' '}
        <a href="/wallet/accounts">Make an account or bring one along</a>
      </p>
      {accounts.value.length > 0 && (
        <div class="actions">
          {accounts.value.map(({ address, name }) => (
            <button key={address} type="button" onClick={() => choose(address)}>
              {name}
            </button>
          ))}
        </div>
      )}
      <DemoAccounts />
    </section>
  );
}

/** The home that an account is on this chain: `meter home07`. */
function metersOf(address: Hex): string | undefined {
  const own = community.value.meters.filter(({ owner }) => owner.toLowerCase() === address.toLowerCase());
  return own.length === 0
    ? undefined
    : `${own.length === 1 ? 'meter' : 'meters'} ${own.map(({ meter }) => wordText(meter)).join(', ')}`;
}

/** The testbed's accounts, one click each. */
export function DemoAccounts() {
  if (publishedAccounts.value.length === 0) return null;
  return (
    <>
      <p class="banner">
        This is a testbed. Its {publishedAccounts.value.length} accounts are there for everybody to try: their keys are
        public, so nothing of value belongs in them.
      </p>
      <ul class="demo-accounts">
        {publishedAccounts.value.map((demo) => (
          <li key={demo.address}>
            <button
              type="button"
              aria-label={`Use ${demo.name}`}
              aria-pressed={account.value?.address === demo.address}
              onClick={() => usePublished(demo)}
            >
              {demo.name}
            </button>
            <small>{metersOf(demo.address) ?? demo.role}</small>
          </li>
        ))}
      </ul>
    </>
  );
}
