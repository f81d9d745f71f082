import type { MarketEvent } from '@wattchain/market';
import { clock } from '../api/community.js';
import type { Words } from '../model/contractWords.js';
import { eventInWords } from '../model/eventWords.js';
import { BlockLink, TransactionLink, Who } from './ids.js';

/** A sentence, with the people in it as links. */
export function InWords({ words }: { words: Words }) {
  return (
    <>
      {words.map((piece, index) =>
        // The pieces of a sentence keep their places.
        typeof piece === 'string' ? piece : <Who key={index} address={piece.address} />,
      )}
    </>
  );
}

/** Events of the community's contracts in sentences. */
export function EventTable({ events, withPlace = true }: { events: readonly MarketEvent[]; withPlace?: boolean }) {
  return (
    <ul class="events">
      {events.map((event) => (
        <li key={`${event.transactionHash}${event.logIndex}`}>
          <span>
            <InWords words={eventInWords(event, clock.value)} />
          </span>
          {withPlace && (
            <small>
              block <BlockLink height={event.blockNumber} /> · <TransactionLink hash={event.transactionHash} />
            </small>
          )}
        </li>
      ))}
    </ul>
  );
}
