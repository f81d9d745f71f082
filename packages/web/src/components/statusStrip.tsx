import { connection, genesis, replacedChain, status } from '../api/live.js';
import { isForReading } from '../api/node.js';
import { count } from '../format.js';

/** Always in sight: where the node stands, in plain words. */
export function StatusStrip() {
  const { value } = status;
  return (
    <>
      <div class={`status ${connection.value}`} role="status" aria-live="polite">
        <span class="light" aria-hidden="true" />
        {connection.value === 'unreachable' ? (
          <span>The node does not answer. What you see is from before; trying again …</span>
        ) : value === undefined ? (
          <span>Asking the node …</span>
        ) : (
          <>
            <span class="network">{value.network}</span>
            <a href={`/chain/block/${value.head.height}`}>block {count(value.head.height)}</a>
            <span>
              {value.sync.syncing
                ? `catching up: ${syncShare(value.sync)} %`
                : `${value.peers} ${value.peers === 1 ? 'peer' : 'peers'}`}
            </span>
            <span class="rule">confirmed after {value.confirmations} blocks</span>
          </>
        )}
      </div>
      {value?.warnings.map(({ code, detail }) => (
        <p key={code} class="banner warning" role="alert">
          {sentence(detail)}
        </p>
      ))}
      {replacedChain.value !== undefined && (
        <p class="banner warning" role="alert">
          The chain was replaced: the node now serves another one than when this page was opened. Everything shown is of
          the new chain.
          <button
            type="button"
            onClick={() => {
              replacedChain.value = undefined;
            }}
          >
            Understood
          </button>
        </p>
      )}
    </>
  );
}

/** What the node says of itself, as a sentence that stands alone. */
function sentence(detail: string): string {
  return `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;
}

/** On a testbed: that everybody has its keys. */
export function TestbedBanner() {
  if (isForReading) return <p class="banner testbed">For looking: keys and sending are left out here.</p>;
  if (genesis.value?.genesis.testbed !== true) return null;
  return (
    <p class="banner testbed">
      Testbed: the keys of its accounts are public.
      <span class="less"> Nothing here has any value outside of it.</span>
    </p>
  );
}

function syncShare({ currentHeight, highestHeight }: { currentHeight: number; highestHeight: number }): string {
  return highestHeight === 0 ? '0' : Math.floor((100 * currentHeight) / highestHeight).toString();
}
