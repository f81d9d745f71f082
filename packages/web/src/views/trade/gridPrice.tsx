import {
  type AnnouncedGridPrice,
  announceGridPrice,
  applyGridPrice,
  confirmGridPrice,
  describeGridPrice,
  doubtsOfPrice,
  formatTokens,
  getGridPrice,
  retractGridPrice,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import { reader } from '../../api/community.js';
import { client, contracts } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Await, Card } from '../../components/basics.js';
import { tokens } from '../../format.js';
import { inReadersWords } from '../../model/transactionWords.js';
import type { Plan } from '../wallet/act.js';
import { exactTokens } from '../wallet/amounts.js';
import { useSeat } from '../wallet/council/seat.js';
import { ActionButton, ActionForm, Field } from '../wallet/forms.js';
import { problemOf, readTokens, understood } from '../wallet/inputs.js';
import type { TradeContext } from './tradeContext.js';

const { tradeAddress } = contracts;

/** What the grid takes, which bonds go by, and what it will take. */
export function GridPrice({ acting, now }: TradeContext) {
  const loaded = useLive(() => getGridPrice(client, { tradeAddress }), []);
  const seat = useSeat(acting?.address);
  return (
    <Card title="Grid price" wide>
      <Await of={loaded} lines={2}>
        {(price) => (
          <>
            <p>{inReadersWords(describeGridPrice(price, now), reader.value)}</p>
            {price.announced !== undefined && now <= price.announced.until ? (
              <Announced announced={price.announced} seat={seat} now={now} />
            ) : (
              seat > 0n && <AnnounceForm inForce={price.inForce} />
            )}
          </>
        )}
      </Await>
    </Card>
  );
}

function Announced({ announced, seat, now }: { announced: AnnouncedGridPrice; seat: bigint; now: bigint }) {
  const { price, announcedAt, announcedBy, confirmedBy, from } = announced;
  const named = { tradeAddress, price, announcedAt };
  return (
    <>
      {seat > 0n && seat !== announcedBy && confirmedBy === undefined && (
        <ActionButton
          label="Confirm the grid price"
          text="Confirm"
          plan={async () => ({
            sentence: `You agree to a grid price of ${exactTokens(price)} for 150 Wh, which seat ${announcedBy} announced.`,
            steps: [
              {
                text: 'Confirm the grid price',
                run: (signer, options) => confirmGridPrice(signer, { ...named, ...options }),
              },
            ],
          })}
        />
      )}
      {confirmedBy !== undefined && now >= from && (
        <ActionButton
          label="Put the grid price in force"
          text="Put in force"
          plan={async () => ({
            sentence: `Offers from now on go by a grid price of ${exactTokens(price)} for 150 Wh. Anyone may do that.`,
            steps: [
              {
                text: 'Put the grid price in force',
                run: (signer, options) => applyGridPrice(signer, { ...named, ...options }),
              },
            ],
          })}
        />
      )}
      {seat > 0n && (
        <ActionButton
          label="Take the grid price back"
          text="Take it back"
          plan={async () => ({
            sentence: `The grid price in force stays; ${exactTokens(price)} for 150 Wh is not announced any more.`,
            steps: [
              {
                text: 'Take the grid price back',
                run: (signer, options) => retractGridPrice(signer, { ...named, ...options }),
              },
            ],
          })}
        />
      )}
    </>
  );
}

function AnnounceForm({ inForce }: { inForce: bigint }) {
  const [text, setText] = useState(formatTokens(inForce));
  const read = readTokens(text);
  const plan = async (): Promise<Plan | undefined> => {
    const price = understood(read);
    if (price === undefined) return undefined;
    return {
      sentence: `You announce a grid price of ${exactTokens(price)} for 150 Wh; ${exactTokens(inForce)} is in force.`,
      doubts: doubtsOfPrice(price),
      notes: [
        'Another member of the council confirms it, and it comes into force after the notice. Offers keep the price that they were made with.',
      ],
      steps: [
        {
          text: `Announce a grid price of ${tokens(price)}`,
          run: (signer, options) => announceGridPrice(signer, { tradeAddress, price, ...options }),
        },
      ],
    };
  };
  return (
    <ActionForm title="Announce a grid price" button="Review" plan={plan}>
      {(hasTried) => (
        <Field
          label="What the grid takes for 150 Wh"
          unit="ENT"
          inputMode="decimal"
          value={text}
          onInput={setText}
          problem={hasTried ? problemOf(read) : undefined}
        />
      )}
    </ActionForm>
  );
}
