import type { ComponentChildren } from 'preact';
import { connection, status } from './api/live.js';
import { StatusStrip, TestbedBanner } from './components/statusStrip.js';
import { below, path } from './router.js';
import { ChainView } from './views/chain/chainView.js';
import { CommunityView } from './views/community/communityView.js';
import { TradeView } from './views/trade/tradeView.js';
import { WalletView } from './views/wallet/walletView.js';

/** The four views; each has its address and everything below it. */
const VIEWS = [
  { prefix: '/community', name: 'Community', View: CommunityView },
  { prefix: '/wallet', name: 'Wallet', View: WalletView },
  { prefix: '/trade', name: 'Trade', View: TradeView },
  { prefix: '/chain', name: 'Chain', View: ChainView },
] as const;

export function App() {
  const current =
    VIEWS.find(({ prefix }) => below(prefix) !== undefined) ?? (path.value === '/' ? VIEWS[0] : undefined);
  // Before the node's first answer nobody knows how tall the strip above is, and everything below it would jump.
  const isKnown = status.value !== undefined || connection.value === 'unreachable';
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          Wattchain
        </a>
        <nav aria-label="views">
          {VIEWS.map(({ prefix, name }) => (
            <a key={prefix} href={prefix} aria-current={current?.prefix === prefix ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <StatusStrip />
      </header>
      <TestbedBanner />
      <main id="main" tabIndex={-1}>
        {isKnown && (current === undefined ? <NotFound /> : <current.View />)}
      </main>
    </>
  );
}

function NotFound(): ComponentChildren {
  return (
    <section class="card">
      <h1>There is no such page</h1>
      <p>
        {path.value} is not an address of this page. <a href="/community">To the community</a>
      </p>
    </section>
  );
}
