import type { ComponentChildren } from 'preact';
import type { Hex } from 'viem';
import { reader } from '../../api/community.js';
import { useLive } from '../../api/useLive.js';
import { Confirmations } from '../../components/basics.js';
import { TransactionLink } from '../../components/ids.js';
import { failureInWords } from '../../model/transactionWords.js';
import { readStatus, type TransactionStatus } from './status.js';

/** Where a transaction is: why it waits, its confirmations filling up, or why it failed. */
export function TransactionProgress({ hash, onUnknown }: { hash: Hex; onUnknown?: ComponentChildren }) {
  const loaded = useLive(() => readStatus(hash), [hash]);
  return (
    <div class="progress">
      <TransactionLink hash={hash} />
      {loaded.state === 'loaded' ? (
        <Words status={loaded.value} onUnknown={onUnknown} />
      ) : (
        <small>{loaded.state === 'failed' ? 'The node does not answer.' : 'Looking …'}</small>
      )}
    </div>
  );
}

function Words({ status, onUnknown }: { status: TransactionStatus; onUnknown: ComponentChildren }) {
  if (status.status === 'unknown') {
    return (
      <>
        <span class="tag bad">not known to the node</span>
        {onUnknown}
      </>
    );
  }
  if (status.status === 'waiting') {
    return (
      <>
        <span class="tag waiting">waiting</span>
        <small>{status.reason.text}</small>
      </>
    );
  }
  return (
    <>
      {status.status === 'failed' ? (
        <span class="tag bad">failed</span>
      ) : (
        <span class={status.confirmed ? 'tag good' : 'tag waiting'}>
          {status.confirmed ? 'confirmed' : 'in a block'}
        </span>
      )}
      <Confirmations done={status.confirmations} needed={status.needed} />
      {status.status === 'failed' && (
        <span class="failed">
          It failed, and only the fee was spent: {failureInWords(status.failure, reader.value)}
        </span>
      )}
    </>
  );
}
