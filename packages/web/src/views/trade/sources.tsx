import {
  type AnnouncedSource,
  announceSource,
  applySource,
  getAnnouncedSource,
  type MarketEvent,
  stopSource,
} from '@wattchain/market';
import { ledger } from '../../api/ledger.js';
import { client, contracts } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Await, Card } from '../../components/basics.js';
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
  if (shown.length === 0) return null;
  return (
    <Card title="Sources of readings on their way" wide>
      <ul class="rows">
        {shown.map((announcement) => (
          <li key={keyOf(announcement)}>
            <Source terms={announcement} isOwn={isOwn(announcement)} seat={seat} context={context} />
          </li>
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

interface SourceProps {
  /** Whether the meter is the acting account's. */
  readonly isOwn: boolean;
  /** Of the acting account, 0 for none. */
  readonly seat: bigint;
  readonly context: TradeContext;
}

/** One of them, as the registry knows it. */
function Source({ terms, ...props }: SourceProps & { readonly terms: Terms }) {
  const { meter, source, isDevice, ratingMwh } = terms;
  const loaded = useLive(
    () => getAnnouncedSource(client, { registryAddress, meter, source, isDevice, ratingMwh }),
    [keyOf(terms)],
  );
  return <Await of={loaded}>{(announced) => announced && <Facts announced={announced} {...props} />}</Await>;
}

function Facts(props: SourceProps & { readonly announced: AnnouncedSource }) {
  const { announced, isOwn, seat } = props;
  const { clock, now } = props.context;
  const { meter, source, isDevice, ratingMwh, announcedBy, isConfirmed, inForceFrom, inForceUntil } = announced;
  const named = { registryAddress, meter, source, isDevice, ratingMwh };
  const name = wordText(meter);
  const hasLapsed = now > inForceUntil;
  return (
    <>
      <div class="row-main">
        <span>
          Readings of <strong>{name}</strong> are to come from <Who address={source} />
          {isDevice ? ', which signs them' : ''}, at most {kwh(ratingMwh)} a period
        </span>
        <span class={hasLapsed ? 'tag' : 'tag waiting'}>
          {hasLapsed ? 'lapsed' : isConfirmed ? 'confirmed' : 'announced'}
        </span>
      </div>
      <p class="note">
        Seat {announcedBy} announced it. It can come into force from {clock.blockText(inForceFrom)} on, until{' '}
        {clock.blockText(inForceUntil)};{' '}
        {isConfirmed
          ? 'a second registrar confirmed it, so only registrars can stop it.'
          : 'until a second registrar confirms it, the household can stop it.'}
      </p>
      {(seat > 0n || (isOwn && !isConfirmed)) && (
        <ActionButton
          label={`Stop the source of ${name}`}
          text="Stop it"
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
      )}
      {seat > 0n && seat !== BigInt(announcedBy) && !isConfirmed && !hasLapsed && (
        <ActionButton
          label={`Confirm the source of ${name}`}
          text="Confirm"
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
      )}
      {now >= inForceFrom && !hasLapsed && (
        <ActionButton
          label={`Bring the source of ${name} into force`}
          text="Bring into force"
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
      )}
    </>
  );
}
