import { NotOnChain } from '../../components/notFound.js';
import { below } from '../../router.js';
import { AccountPage } from './accountPage.js';
import { BlockPage } from './blockPage.js';
import { ChainOverview } from './chainOverview.js';
import { ContractPage } from './contractPage.js';
import { SearchBox } from './searchBox.js';
import { TransactionPage } from './transactionPage.js';

/** `/chain` and every block, transaction, account and contract below it. */
export function ChainView() {
  const [kind, id = '', ...more] = below('/chain') ?? [];
  return (
    <>
      <SearchBox />
      {kind === undefined ? (
        <ChainOverview />
      ) : kind === 'block' && more.length === 0 ? (
        <BlockPage key={id} id={id} />
      ) : kind === 'tx' && more.length === 0 ? (
        <TransactionPage key={id} id={id} />
      ) : kind === 'account' && more.length === 0 ? (
        <AccountPage key={id} id={id} />
      ) : kind === 'contract' && more.length === 0 ? (
        <ContractPage key={id} id={id} />
      ) : (
        <NotOnChain title="There is no such page">
          Below /chain there are block, tx, account and contract, each with what it is called.
        </NotOnChain>
      )}
    </>
  );
}
