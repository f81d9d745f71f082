import {
  type Council,
  describeKeyChange,
  getCouncil,
  getKeyChange,
  type KeyChange,
  requestKeyChange,
  vetoKeyChange,
  voteOnKeyChange,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import { type Address, getAddress } from 'viem';
import { clock, reader } from '../../../api/community.js';
import { ledger } from '../../../api/ledger.js';
import { status } from '../../../api/live.js';
import { client, contracts } from '../../../api/node.js';
import { useLive } from '../../../api/useLive.js';
import { Await, Card, Empty } from '../../../components/basics.js';
import { Who } from '../../../components/ids.js';
import { duration, shortAddress } from '../../../format.js';
import { account, type PageAccount } from '../../../keys/session.js';
import { inReadersWords } from '../../../model/transactionWords.js';
import type { Plan } from '../act.js';
import { ActionButton, ActionForm, Choice, Field } from '../forms.js';
import { problemOf, readAddress, understood } from '../inputs.js';

const { councilAddress } = contracts;

/** Changes of keys that are shown, newest first. */
const MAX_SHOWN = 10;

/** `/wallet/council`: whose keys act for the community, and changes of them on their way. */
export function CouncilPage() {
  const acting = account.value;
  const council = useLive(() => getCouncil(client, { councilAddress }), []);
  const known = council.state === 'loaded' ? council.value : undefined;
  return (
    <>
      <Card title="The council" wide>
        <p class="note">
          Its members run the bank, register meters and set the grid price. What they announce comes into force after a
          notice{known !== undefined && ` of ${duration(known.noticeSeconds)}`}.
        </p>
        <Await of={council}>{(value) => <Members council={value} acting={acting} />}</Await>
      </Card>
      <Card title="Changes of keys" wide>
        <Changes council={known} acting={acting} />
      </Card>
      {known !== undefined && roleOf(known, acting) !== undefined && (
        <Card title="Ask for another key" wide>
          <RequestForm council={known} />
        </Card>
      )}
    </>
  );
}

const same = (a: Address, b: Address | undefined) => a.toLowerCase() === b?.toLowerCase();

/** The seat that an account acts for, 0 for the recovery key; `undefined` where it has no part in the council. */
function roleOf({ members, recoveryKey }: Council, acting: PageAccount | undefined): bigint | undefined {
  if (acting === undefined) return undefined;
  if (recoveryKey !== undefined && same(recoveryKey, acting.address)) return 0n;
  return members.find(({ key }) => same(key, acting.address))?.seat;
}

function Members({ council, acting }: { council: Council; acting: PageAccount | undefined }) {
  return (
    <ul class="rows">
      {council.members.map(({ seat, key, isFrozen }) => (
        <li key={seat.toString()}>
          <div class="row-main">
            <span>
              Seat {seat.toString()}: <Who address={key} />{' '}
              {same(key, acting?.address) && <span class="tag good">yours</span>}
            </span>
            <span class={isFrozen ? 'tag bad' : 'tag good'}>{isFrozen ? 'frozen by a veto' : 'acts'}</span>
          </div>
        </li>
      ))}
      <li>
        <div class="row-main">
          <span>
            Recovery key:{' '}
            {council.recoveryKey === undefined ? (
              'none, the members decide alone'
            ) : (
              <Who address={council.recoveryKey} />
            )}
          </span>
        </div>
      </li>
    </ul>
  );
}

/** The pairs of keys that were asked for, newest first, each once. */
function requestedChanges(): readonly { readonly oldKey: Address; readonly newKey: Address }[] {
  const found = new Map<string, { readonly oldKey: Address; readonly newKey: Address }>();
  for (const { eventName, args } of ledger.value?.events ?? []) {
    if (eventName !== 'KeyChangeRequested') continue;
    // What was asked for again stands where it was asked for last.
    found.delete(args.oldKey + args.newKey);
    found.set(args.oldKey + args.newKey, args);
  }
  return [...found.values()].reverse();
}

function Changes({ council, acting }: { council: Council | undefined; acting: PageAccount | undefined }) {
  const requested = requestedChanges();
  const shown = requested.slice(0, MAX_SHOWN).map(({ oldKey, newKey }) => ({ oldKey, newKey }));
  const loaded = useLive(
    () => Promise.all(shown.map((named) => getKeyChange(client, { councilAddress, ...named }))),
    [JSON.stringify(shown)],
  );
  if (requested.length === 0) {
    return (
      <Empty>
        {ledger.value?.isComplete === true ? 'Nobody has asked for a change of keys.' : 'Reading the history …'}
      </Empty>
    );
  }
  return (
    <Await of={loaded}>
      {(changes) => (
        <>
          <ul class="rows">
            {changes.map((change) => (
              <ChangeRow
                key={change.oldKey + change.newKey}
                change={change}
                role={council && roleOf(council, acting)}
                acting={acting}
              />
            ))}
          </ul>
          {requested.length > MAX_SHOWN && (
            <small>
              The newest {MAX_SHOWN} of {requested.length}.
            </small>
          )}
        </>
      )}
    </Await>
  );
}

const STATES: Readonly<Record<KeyChange['state'], { readonly tag: string; readonly text: string }>> = {
  none: { tag: 'tag', text: 'unknown' },
  open: { tag: 'tag waiting', text: 'to be decided' },
  inForce: { tag: 'tag good', text: 'in force' },
  ended: { tag: 'tag', text: 'rejected' },
};

interface ChangeRowProps {
  readonly change: KeyChange;
  /** As {@link roleOf} has it. */
  readonly role: bigint | undefined;
  readonly acting: PageAccount | undefined;
}

function ChangeRow({ change, role, acting }: ChangeRowProps) {
  const { tag, text } = STATES[change.state];
  return (
    <li>
      <div class="row-main">
        <span>
          <Who address={change.newKey} /> for <Who address={change.oldKey} />
        </span>
        <span>
          <span class={tag}>{text}</span>{' '}
          {change.isVetoed && change.state === 'open' && <span class="tag bad">vetoed</span>}
        </span>
      </div>
      <p class="note">{inReadersWords(describeKeyChange(change), reader.value)}</p>
      {role !== undefined && acting !== undefined && <ChangeActions change={change} role={role} acting={acting} />}
    </li>
  );
}

function ChangeActions({ change, role, acting }: ChangeRowProps & { role: bigint; acting: PageAccount }) {
  const { oldKey, newKey, requestedAt, seat, recoveryMayDecideFrom } = change;
  const named = { councilAddress, oldKey, newKey, requestedAt };
  const isRecovery = role === 0n;
  // The others decide on a member's key, and the members on the recovery key.
  const isOpen = change.state === 'open';
  const mayVote = isOpen && (isRecovery ? seat !== 0n : role !== seat);
  const now = BigInt(Math.floor((status.value?.head.timestampMs ?? 0) / 1000));
  const mayApprove = mayVote && (!isRecovery || (recoveryMayDecideFrom ?? 0n) <= now);
  const mayVeto = isOpen && !change.isVetoed && !same(change.requestedBy, acting.address);
  const what = `key ${shortAddress(newKey)} in place of ${shortAddress(oldKey)}`;
  const voting = (approve: boolean): Promise<Plan> =>
    Promise.resolve({
      sentence: approve ? `You agree to ${what}.` : `You reject ${what}.`,
      steps: [
        {
          text: approve ? `Approve ${what}` : `Reject ${what}`,
          run: (signer, options) => voteOnKeyChange(signer, { ...named, approve, ...options }),
        },
      ],
    });
  return (
    <>
      {mayApprove && <ActionButton label={`Approve ${what}`} text="Approve" plan={() => voting(true)} />}
      {mayVote && isRecovery && !mayApprove && recoveryMayDecideFrom !== undefined && (
        <small>You may approve it from {clock.value.blockText(recoveryMayDecideFrom)} on.</small>
      )}
      {mayVote && <ActionButton label={`Reject ${what}`} text="Reject" plan={() => voting(false)} />}
      {mayVeto && (
        <ActionButton
          label={`Veto ${what}`}
          text="Veto"
          plan={async () => ({
            sentence: `Neither key has any power until ${what} is decided. There is one veto for a change.`,
            steps: [
              { text: `Veto ${what}`, run: (signer, options) => vetoKeyChange(signer, { ...named, ...options }) },
            ],
          })}
        />
      )}
    </>
  );
}

function RequestForm({ council }: { council: Council }) {
  const [oldKey, setOldKey] = useState<string>(council.members[0]?.key ?? '');
  const [text, setText] = useState('');
  const read = readAddress(text, oldKey as Address);
  const plan = async (): Promise<Plan | undefined> => {
    const newKey = understood(read);
    if (newKey === undefined) return undefined;
    return {
      sentence: `You ask that ${getAddress(newKey)} act in place of ${reader.peek().nameOf(oldKey as Address)} (${getAddress(oldKey)}).`,
      notes: [
        'The other members decide by majority, or the recovery key after the notice. Anyone concerned can veto it until then.',
      ],
      steps: [
        {
          text: `Ask for key ${shortAddress(newKey)} in place of ${shortAddress(oldKey as Address)}`,
          run: (signer, options) =>
            requestKeyChange(signer, { councilAddress, oldKey: oldKey as Address, newKey, ...options }),
        },
      ],
    };
  };
  return (
    <ActionForm title="Ask for another key" button="Review" plan={plan} onSent={() => setText('')}>
      {(hasTried) => (
        <>
          <Choice
            label="Key that was lost or stolen"
            value={oldKey}
            options={[
              ...council.members.map(({ seat, key }) => ({ value: key, text: `seat ${seat}: ${shortAddress(key)}` })),
              ...(council.recoveryKey === undefined
                ? []
                : [{ value: council.recoveryKey, text: `recovery key: ${shortAddress(council.recoveryKey)}` }]),
            ]}
            onInput={setOldKey}
          />
          <Field
            label="New key"
            mono
            value={text}
            onInput={setText}
            help="Its address, 0x…"
            problem={hasTried ? problemOf(read) : undefined}
          />
        </>
      )}
    </ActionForm>
  );
}
