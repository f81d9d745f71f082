import { computed, effect } from '@preact/signals';
import { connection, genesisHash, status } from './api/live.js';
import { marketContract } from './api/localMarket.js';
import { isForReading } from './api/node.js';
import { NoSuchPage } from './components/notFound.js';
import { StatusStrip, TestbedBanner } from './components/statusStrip.js';
import { below, path } from './router.js';
import { ChainView } from './views/chain/chainView.js';
import { CommunityView } from './views/community/communityView.js';
import { TradeView } from './views/trade/tradeView.js';
import { ConfirmPanel } from './views/wallet/confirmPanel.js';
import { WalletView } from './views/wallet/walletView.js';

/** The four views; each has its address and everything below it. */
const ALL_VIEWS = [
  { prefix: '/community', name: 'Community', View: CommunityView },
  // Keys stay on the computer that opened the door.
  ...(isForReading ? [] : [{ prefix: '/wallet', name: 'Wallet', View: WalletView }]),
  { prefix: '/trade', name: 'Trade', View: TradeView },
  { prefix: '/chain', name: 'Chain', View: ChainView },
];

/** Wallet and trade are for the energy contracts, which a network of a community's market does not have. */
const FOR_ENERGY_CONTRACTS: readonly string[] = ['/wallet', '/trade'];
const views = computed(() =>
  marketContract.value === undefined
    ? ALL_VIEWS
    : ALL_VIEWS.filter(({ prefix }) => !FOR_ENERGY_CONTRACTS.includes(prefix)),
);

const currentView = () =>
  views.value.find(({ prefix }) => below(prefix) !== undefined) ?? (path.value === '/' ? views.value[0] : undefined);

/** The title tells a person with many tabs where this one stands, and one who hears it which view it shows. */
effect(() => {
  const { value } = status;
  if (value === undefined) return;
  const place = connection.value === 'live' ? value.head.height : 'no node';
  document.title = `${place} · ${currentView()?.name ?? 'no such page'} · ${value.network}`;
});

export function App() {
  const current = currentView();
  // What the node's first answer decides (a banner, whose accounts) would push a view that was there before it.
  const hasAnswered = genesisHash.value !== undefined || connection.value === 'unreachable';
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span>Wattchain</span>
        </a>
        <nav aria-label="views">
          {views.value.map(({ prefix, name }) => (
            <a key={prefix} href={prefix} aria-current={current?.prefix === prefix ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <StatusStrip />
      </header>
      <TestbedBanner />
      <main id="main" tabIndex={-1} aria-busy={!hasAnswered}>
        {!hasAnswered ? null : current === undefined ? (
          <NoSuchPage />
        ) : (
          // What was typed or is about to be signed is for one chain and goes with it.
          <current.View key={`${current.prefix} ${genesisHash.value}`} />
        )}
      </main>
      <ConfirmPanel />
    </>
  );
}
