import {
  type AnnouncedSource,
  announceSource,
  applySource,
  getAnnouncedSource,
  type MarketEvent,
  stopSource,
} from '@wattchain/market';
import { useRef } from 'preact/hooks';
import { ledger } from '../../api/ledger.js';
import { client, contracts } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Card } from '../../components/basics.js';
import { Who } from '../../components/ids.js';
import { kwh, wordText } from '../../format.js';
import { useSeat } from '../wallet/council/seat.js';
import { ActionButton } from '../wallet/forms.js';
import type { TradeContext } from './tradeContext.js';
import { same } from './tradeModel.js';

const { registryAddress } = contracts;

/** Announcements that are shown, newest first. */
const MAX_SHOWN = 10;

type Announcement = Extract<MarketEvent, { eventName: 'SourceAnnounced' }>['args'];
type Terms = Pick<Announcement, 'meter' | 'source' | 'isDevice' | 'ratingMwh'>;

const keyOf = ({ meter, source, isDevice, ratingMwh }: Terms) => [meter, source, isDevice, ratingMwh].join();

/** What was announced and neither came into force nor was stopped, newest first. */
function announcements(events: readonly MarketEvent[]): readonly Announcement[] {
  const open = new Map<string, Announcement>();
  for (const { eventName, args } of events) {
    if (eventName === 'SourceAnnounced') open.set(keyOf(args), args);
    if (eventName === 'SourceChanged' || eventName === 'SourceStopped') open.delete(keyOf(args));
  }
  return [...open.values()].reverse();
}

/** Other sources of readings on their way, for the households of the meters and for registrars: who takes a meter over does it with notice. */
export function Sources(context: TradeContext) {
  const { acting, meters } = context;
  const seat = useSeat(acting?.address);
  const ownerOf = new Map(meters.map(({ meter, owner }) => [meter, owner]));
  const isOwn = ({ meter }: Terms) => {
    const owner = ownerOf.get(meter);
    return acting !== undefined && owner !== undefined && same(owner, acting.address);
  };
  const concerning = announcements(ledger.value?.events ?? []).filter((each) => seat > 0n || isOwn(each));
  const shown = concerning.slice(0, MAX_SHOWN);
  const loaded = useLive(
    () =>
      Promise.all(
        shown.map(({ meter, source, isDevice, ratingMwh }) =>
          getAnnouncedSource(client, { registryAddress, meter, source, isDevice, ratingMwh }),
        ),
      ),
    [shown.map(keyOf).join()],
  );
  const known = loaded.state === 'loaded' ? loaded.value : [];
  const rows = useRows(shown, known);
  if (rows.length === 0) return null;
  return (
    <Card title="Sources of readings on their way" wide>
      <ul class="rows">
        {rows.map(({ key, announced, isOver }) => (
          <SourceRow
            key={key}
            announced={announced}
            isOver={isOver}
            isOwn={isOwn(announced)}
            seat={seat}
            context={context}
          />
        ))}
      </ul>
      {concerning.length > MAX_SHOWN && (
        <small>
          The newest {MAX_SHOWN} of {concerning.length}.
        </small>
      )}
    </Card>
  );
}

interface Row {
  readonly key: string;
  readonly announced: AnnouncedSource;
  readonly isOver: boolean;
}

/** What is on its way, and behind it what has ended since the page shows it: its person may still be reading how. */
function useRows(shown: readonly Announcement[], known: readonly (AnnouncedSource | undefined)[]): readonly Row[] {
  const seen = useRef(new Map<string, AnnouncedSource>());
  const open = new Set(shown.map(keyOf));
  for (const announced of known) if (announced !== undefined) seen.current.set(keyOf(announced), announced);
  const rows = [...seen.current].map(([key, announced]) => ({ key, announced, isOver: !open.has(key) }));
  return [...rows.filter(({ isOver }) => !isOver), ...rows.filter(({ isOver }) => isOver)];
}

interface SourceRowProps {
  readonly announced: AnnouncedSource;
  /** Whether it came into force or was stopped. */
  readonly isOver: boolean;
  /** Whether the meter is the acting account's. */
  readonly isOwn: boolean;
  /** Of the acting account, 0 for none. */
  readonly seat: bigint;
  readonly context: TradeContext;
}

function SourceRow({ announced, isOver, isOwn, seat, context: { clock, now } }: SourceRowProps) {
  const { meter, source, isDevice, ratingMwh, announcedBy, isConfirmed, inForceFrom, inForceUntil } = announced;
  const named = { registryAddress, meter, source, isDevice, ratingMwh };
  const name = wordText(meter);
  const hasLapsed = now > inForceUntil;
  return (
    <li>
      <div class="row-main">
        <span>
          Readings of <strong>{name}</strong> are to come from <Who address={source} />
          {isDevice ? ', which signs them' : ''}, at most {kwh(ratingMwh)} a period
        </span>
        <span class={isOver || hasLapsed ? 'tag' : 'tag waiting'}>
          {isOver ? 'done' : hasLapsed ? 'lapsed' : isConfirmed ? 'confirmed' : 'announced'}
        </span>
      </div>
      <p class="note">
        Seat {announcedBy} announced it. It can come into force from {clock.blockText(inForceFrom)} on, until{' '}
        {clock.blockText(inForceUntil)};{' '}
        {isConfirmed
          ? 'a second registrar confirmed it, so only registrars can stop it.'
          : 'until a second registrar confirms it, the household can stop it.'}
      </p>
      <ActionButton
        label={`Stop the source of ${name}`}
        text="Stop it"
        isOffered={!isOver && (seat > 0n || (isOwn && !isConfirmed))}
        plan={async () => ({
          sentence: `Readings of ${name} come from where they come from now.`,
          steps: [
            {
              text: `Stop the source of ${name}`,
              run: (signer, options) => stopSource(signer, { ...named, ...options }),
            },
          ],
        })}
      />
      <ActionButton
        label={`Confirm the source of ${name}`}
        text="Confirm"
        isOffered={!isOver && seat > 0n && seat !== BigInt(announcedBy) && !isConfirmed && !hasLapsed}
        plan={async () => ({
          sentence: `You agree that readings of ${name} come from another source; its household cannot stop it any more.`,
          steps: [
            {
              text: `Confirm the source of ${name}`,
              run: (signer, options) => announceSource(signer, { ...named, ...options }),
            },
          ],
        })}
      />
      <ActionButton
        label={`Bring the source of ${name} into force`}
        text="Bring into force"
        isOffered={!isOver && now >= inForceFrom && !hasLapsed}
        plan={async () => ({
          sentence: `From the next block on readings of ${name} come from the new source. Anyone may do that.`,
          steps: [
            {
              text: `Bring the source of ${name} into force`,
              run: (signer, options) => applySource(signer, { ...named, ...options }),
            },
          ],
        })}
      />
    </li>
  );
}
