import { effect, signal } from '@preact/signals';
import type { Hex } from 'viem';
import { status } from '../api/live.js';
import { listSent, type SentTransaction, storeSent } from './sentStorage.js';

/** What was signed in this browser for the chain that the node serves, newest first. */
export const sentTransactions = signal<readonly SentTransaction[]>([]);

/** Tabs of this page tell each other of what they send. */
const tabs = new BroadcastChannel('wattchain-sent');
let genesisHash: Hex | undefined;

/** Follows what is sent in this and other tabs, and the chain: what was sent on another is not shown. */
export function startSent(): void {
  tabs.onmessage = () => void read();
  effect(() => {
    const now = status.value?.genesisHash;
    if (now === genesisHash) return;
    genesisHash = now;
    sentTransactions.value = [];
    void read();
  });
}

/** Remembers a transaction, here and in the other tabs. */
export async function keepSent(sent: SentTransaction): Promise<void> {
  sentTransactions.value = [sent, ...sentTransactions.value.filter(({ hash }) => hash !== sent.hash)];
  // A browser that keeps nothing shows it until the tab is closed.
  await storeSent(sent).catch(() => undefined);
  tabs.postMessage('sent');
}

async function read(): Promise<void> {
  const asked = genesisHash;
  if (asked === undefined) return;
  const kept = await listSent(asked).catch(() => undefined);
  if (kept !== undefined && asked === genesisHash) sentTransactions.value = kept;
}
