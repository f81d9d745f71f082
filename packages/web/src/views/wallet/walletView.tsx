import { useState } from 'preact/hooks';
import { getAddress, type Hex } from 'viem';
import { clock, names } from '../../api/community.js';
import { ledger } from '../../api/ledger.js';
import { status } from '../../api/live.js';
import { Tokens } from '../../components/amounts.js';
import { Card, Confirmations, Empty, Skeleton } from '../../components/basics.js';
import { Copy, TransactionLink } from '../../components/ids.js';
import { NoSuchPage } from '../../components/notFound.js';
import { ago, shortAddress } from '../../format.js';
import { sendAgain, wordsOf } from '../../keys/send.js';
import { sentTransactions } from '../../keys/sent.js';
import type { SentTransaction } from '../../keys/sentStorage.js';
import { account } from '../../keys/session.js';
import { nameIn } from '../../model/names.js';
import { below, path } from '../../router.js';
import { AccountBar } from './accountBar.js';
import { AccountsPage } from './accountsPage.js';
import { BankPage } from './bank/bankPage.js';
import { CouncilPage } from './council/councilPage.js';
import { historyOf } from './history.js';
import { SendPage } from './sendPage.js';
import { SubNav } from './subNav.js';
import { TransactionProgress } from './transactionProgress.js';

const PAGES = [
  { path: '/wallet', name: 'Overview' },
  { path: '/wallet/send', name: 'Send' },
  { path: '/wallet/bank', name: 'Bank' },
  { path: '/wallet/council', name: 'Council' },
  { path: '/wallet/accounts', name: 'Accounts' },
] as const;

/** `/wallet`: what an account has and did; below it sending, the bank, the council, and the accounts themselves. */
export function WalletView() {
  const page = below('/wallet')?.[0];
  if (!PAGES.some((each) => each.path === path.value)) return <NoSuchPage />;
  return (
    <>
      <h1>Wallet</h1>
      <SubNav label="wallet" pages={PAGES} />
      {page !== 'accounts' && <AccountBar />}
      {page === 'accounts' ? (
        <AccountsPage />
      ) : page === 'send' ? (
        <SendPage />
      ) : page === 'bank' ? (
        <BankPage />
      ) : page === 'council' ? (
        <CouncilPage />
      ) : (
        <Overview />
      )}
    </>
  );
}

function Overview() {
  const acting = account.value;
  if (acting === undefined) return null;
  return (
    <>
      <Receive address={acting.address} />
      <Sent key={acting.address} address={acting.address} />
      <History key={`history-${acting.address}`} address={acting.address} />
    </>
  );
}

function Receive({ address }: { address: Hex }) {
  const full = getAddress(address);
  return (
    <Card title="Receive" wide>
      <p>
        Give this address to whoever sends you coins or tokens:{' '}
        <span class="id">
          <span class="mono">{full}</span>
          <Copy text={full} what="address" />
        </span>
      </p>
    </Card>
  );
}

/** Rows that a list shows at first, and more at a time. */
const ROWS = 8;

function Sent({ address }: { address: Hex }) {
  const [rows, setRows] = useState(ROWS);
  const mine = sentTransactions.value.filter(({ from }) => from === address);
  return (
    <Card title="Sent from this browser" wide>
      {mine.length === 0 ? (
        <Empty>Nothing yet. What you sign here is listed with its way through the chain.</Empty>
      ) : (
        <ul class="rows">
          {mine.slice(0, rows).map((sent) => (
            <SentRow key={sent.hash} sent={sent} />
          ))}
        </ul>
      )}
      <More count={mine.length - rows} onMore={() => setRows(rows + ROWS)} />
    </Card>
  );
}

function SentRow({ sent }: { sent: SentTransaction }) {
  const [failure, setFailure] = useState<string>();
  const again = () => {
    setFailure(undefined);
    sendAgain(sent).catch((error: unknown) => setFailure(wordsOf(error)));
  };
  const now = status.value?.head.timestampMs ?? sent.sentMs;
  return (
    <li>
      <div class="row-main">
        <span>{sent.text}</span>
        <small>{ago(sent.sentMs, Math.max(now, sent.sentMs))}</small>
      </div>
      <TransactionProgress
        hash={sent.hash}
        onUnknown={
          <button type="button" aria-label={`Send again: ${sent.text}`} onClick={again}>
            Send again
          </button>
        }
      />
      {failure !== undefined && (
        <p class="failed" role="alert">
          {failure}
        </p>
      )}
    </li>
  );
}

function History({ address }: { address: Hex }) {
  const [rows, setRows] = useState(ROWS);
  const known = ledger.value;
  if (known === undefined) {
    return (
      <Card title="History" wide>
        <Skeleton lines={5} />
      </Card>
    );
  }
  const entries = historyOf(known.events, address, (other) => nameIn(names.value, other)?.name ?? shortAddress(other));
  const { head, confirmations: needed } = status.value ?? {};
  return (
    <Card title="History" wide>
      {entries.length === 0 ? (
        <Empty>
          {known.isComplete
            ? 'Nothing yet. Tokens, trades and the bank will be listed here; coins show in the balance alone.'
            : 'Reading the history …'}
        </Empty>
      ) : (
        <ul class="rows">
          {entries.slice(0, rows).map((entry) => {
            const done = head === undefined ? 0 : Math.max(0, head.height - Number(entry.blockNumber) + 1);
            return (
              <li key={entry.key} class="history">
                <div class="row-main">
                  <span>{entry.text}</span>
                  {entry.change !== 0n && (
                    <strong class={entry.change > 0n ? 'token amount' : 'amount'}>
                      {entry.change > 0n ? '+' : '−'}
                      <Tokens units={entry.change > 0n ? entry.change : -entry.change} />
                    </strong>
                  )}
                </div>
                <div class="progress">
                  <small>{entry.timestamp === undefined ? '' : clock.value.blockText(entry.timestamp)}</small>
                  <TransactionLink hash={entry.hash} />
                  {needed !== undefined && done < needed && <Confirmations done={done} needed={needed} />}
                </div>
              </li>
            );
          })}
        </ul>
      )}
      <More count={entries.length - rows} onMore={() => setRows(rows + 3 * ROWS)} />
    </Card>
  );
}

function More({ count, onMore }: { count: number; onMore: () => void }) {
  if (count <= 0) return null;
  return (
    <div class="actions">
      <button type="button" onClick={onMore}>
        Show older ({count} more)
      </button>
    </div>
  );
}
