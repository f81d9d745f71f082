import {
  approveTokens,
  doubtsOfOrder,
  getAllowance,
  listStandingOrders,
  requestPayout,
  setStandingOrder,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import type { Hex } from 'viem';
import { client, contracts } from '../../../api/node.js';
import { Card } from '../../../components/basics.js';
import { tokens } from '../../../format.js';
import type { Step } from '../../../keys/send.js';
import type { PageAccount } from '../../../keys/session.js';
import type { Balances } from '../accountBar.js';
import type { Plan } from '../act.js';
import { exactTokens } from '../amounts.js';
import { ActionForm, Choice, Field } from '../forms.js';
import { problemOf, readLabel, readTokens, understood } from '../inputs.js';
import { mostTokens } from './bankModel.js';

const { bankAddress, tokenAddress } = contracts;

interface CardProps {
  readonly balances: Balances | undefined;
}

const allowBank = (allowance: bigint, what: string): Step => ({
  text: `Allow the bank to take ${what}`,
  run: (signer, options) =>
    approveTokens(signer, { tokenAddress, spender: bankAddress, tokens: allowance, ...options }),
});

const allowanceOf = (owner: Hex) => getAllowance(client, { tokenAddress, owner, spender: bankAddress });

export function PayoutCard({ balances }: CardProps) {
  const [text, setText] = useState('');
  const [where, setWhere] = useState('');
  const amount = readTokens(text, mostTokens(balances));
  const destination = readLabel(where);
  const plan = async ({ name, address }: PageAccount): Promise<Plan | undefined> => {
    const [given, place] = [understood(amount), understood(destination)];
    if (given === undefined || place === undefined) return undefined;
    const [allowance, orders] = await Promise.all([
      allowanceOf(address),
      listStandingOrders(client, { bankAddress, holder: address, limit: 1 }),
    ]);
    const request: Step = {
      text: `Ask the bank to pay out ${exactTokens(given)} to "${where.trim()}"`,
      run: (signer, options) => requestPayout(signer, { bankAddress, tokens: given, destination: place, ...options }),
    };
    // What a standing order was allowed to take stays: then the payout's tokens come on top. So it is where orders are left to look at.
    const needed = orders.entries.length > 0 || orders.next !== undefined ? allowance + given : given;
    return {
      sentence: `${name} hands ${exactTokens(given)} to the bank, and an operator pays their worth outside the chain to "${where.trim()}".`,
      notes: [
        'Until an operator marks it as paid you can take it back, and after that object for a time if the money did not come. Everybody can read the destination.',
      ],
      steps: allowance >= needed ? [request] : [allowBank(needed, exactTokens(given)), request],
    };
  };
  return (
    <Card title="Payout outside">
      <ActionForm
        title="Payout outside"
        button="Review"
        plan={plan}
        onSent={() => {
          setText('');
          setWhere('');
        }}
      >
        {(hasTried) => (
          <>
            <Field
              label="Tokens to pay out"
              unit="ENT"
              inputMode="decimal"
              value={text}
              onInput={setText}
              problem={hasTried ? problemOf(amount) : undefined}
            />
            <Field
              label="Where to"
              value={where}
              onInput={setWhere}
              help="What the operator knows you by; everybody can read it."
              problem={hasTried ? problemOf(destination) : undefined}
            />
          </>
        )}
      </ActionForm>
    </Card>
  );
}

const INTERVALS = [
  { value: '86400', text: 'every day' },
  { value: '604800', text: 'every week' },
  { value: '2592000', text: 'every 30 days' },
] as const;

export function StandingOrderCard({ balances }: CardProps) {
  const [text, setText] = useState('');
  const [every, setEvery] = useState<string>('2592000');
  const [times, setTimes] = useState('12');
  const [where, setWhere] = useState('');
  const amount = readTokens(text);
  const destination = readLabel(where);
  const timesProblem = /^[1-9]\d{0,3}$/.test(times.trim()) ? undefined : 'Enter a whole number from 1 to 9999.';
  const plan = async ({ name, address }: PageAccount): Promise<Plan | undefined> => {
    const [given, place] = [understood(amount), understood(destination)];
    if (given === undefined || place === undefined || timesProblem !== undefined) return undefined;
    const inAll = given * BigInt(times.trim());
    const allowance = await allowanceOf(address);
    const interval = INTERVALS.find(({ value }) => value === every)?.text ?? '';
    const order = { tokens: given, intervalSeconds: BigInt(every), allow: inAll };
    return {
      doubts: doubtsOfOrder(order, false),
      sentence: `The bank takes ${exactTokens(given)} of ${name} ${interval} and pays their worth outside to "${where.trim()}", the first time one interval from now.`,
      notes: [
        `You allow it ${exactTokens(inAll)} more in all, enough for ${times.trim()} times. You can end it at any time.`,
        ...(balances !== undefined && balances.tokens < given ? [`You have ${tokens(balances.tokens)} now.`] : []),
      ],
      steps: [
        allowBank(allowance + inAll, `${exactTokens(inAll)} over time`),
        {
          text: `Leave a standing order over ${exactTokens(given)} ${interval} to "${where.trim()}"`,
          run: (signer, options) =>
            setStandingOrder(signer, {
              bankAddress,
              tokens: given,
              intervalSeconds: BigInt(every),
              destination: place,
              ...options,
            }),
        },
      ],
    };
  };
  return (
    <Card title="Standing order">
      <ActionForm
        title="Standing order"
        button="Review"
        plan={plan}
        onSent={() => {
          setText('');
          setWhere('');
        }}
      >
        {(hasTried) => (
          <>
            <div class="row">
              <Field
                label="Tokens each time"
                unit="ENT"
                inputMode="decimal"
                value={text}
                onInput={setText}
                problem={hasTried ? problemOf(amount) : undefined}
              />
              <Choice label="How often" value={every} options={INTERVALS} onInput={setEvery} />
            </div>
            <Field
              label="Times at most"
              inputMode="numeric"
              value={times}
              onInput={setTimes}
              problem={hasTried ? timesProblem : undefined}
            />
            <Field
              label="Where to"
              value={where}
              onInput={setWhere}
              problem={hasTried ? problemOf(destination) : undefined}
            />
          </>
        )}
      </ActionForm>
    </Card>
  );
}
