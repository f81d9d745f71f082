import {
  approveTokens,
  type BankFigures,
  buyTokens,
  doubtsOfOrder,
  doubtsOfTokens,
  getAllowance,
  getBankFigures,
  listStandingOrders,
  redeemForCoins,
  requestPayout,
  setStandingOrder,
  TOKEN_UNIT,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import type { Hex } from 'viem';
import { client, contracts } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Await, Card, Figure } from '../../components/basics.js';
import { coins, tokens } from '../../format.js';
import type { Step } from '../../keys/send.js';
import { account, type PageAccount } from '../../keys/session.js';
import { type Balances, useBalances } from './accountBar.js';
import { exactCoins, exactTokens } from './amounts.js';
import type { Plan } from './confirmPanel.js';
import { ActionForm, Choice, Field } from './forms.js';
import { problemOf, readLabel, readTokens, understood } from './inputs.js';
import { Orders } from './orders.js';

const { bankAddress, tokenAddress } = contracts;

const readBank = () => getBankFigures(client, { bankAddress });

/** `/wallet/bank`: tokens for coins and back, and payouts outside the chain. */
export function BankPage() {
  const acting = account.value;
  const figures = useLive(readBank, []);
  const balances = useBalances(acting?.address);
  const known = balances.state === 'loaded' ? balances.value : undefined;
  const posted = figures.state === 'loaded' ? figures.value : undefined;
  return (
    <>
      <Card title="The bank" wide>
        <Await of={figures}>
          {(bank) => (
            <div class="figures">
              <Figure value={coins(bank.buyRateWei)} label="for a token that you buy" />
              <Figure value={coins(bank.redeemRateWei)} label="for a token that you give back" />
              <Figure value={tokens(bank.outstanding)} label="exist in all" />
              <Figure value={coins(bank.coinReserveWei)} label="in the bank's reserve" />
            </div>
          )}
        </Await>
      </Card>
      <BuyCard bank={posted} balances={known} />
      <RedeemCard bank={posted} balances={known} />
      <PayoutCard balances={known} />
      <StandingOrderCard balances={known} />
      {acting !== undefined && <Orders key={acting.address} holder={acting.address} />}
    </>
  );
}

interface CardProps {
  readonly bank?: BankFigures | undefined;
  readonly balances: Balances | undefined;
}

/** The rates that are shown, or those that still come: a person may be faster. */
const ratesOf = async (bank: BankFigures | undefined) => bank ?? readBank();

/** Rounded up, so that the bank gives at least what was asked for. */
const costOf = (wanted: bigint, { buyRateWei }: BankFigures) => (wanted * buyRateWei + TOKEN_UNIT - 1n) / TOKEN_UNIT;

const returnOf = (given: bigint, { redeemRateWei }: BankFigures) => (given * redeemRateWei) / TOKEN_UNIT;

const mostTokens = (balances: Balances | undefined) =>
  balances && { most: { value: balances.tokens, text: `More than the ${tokens(balances.tokens)} that you have.` } };

function BuyCard({ bank, balances }: CardProps) {
  const [text, setText] = useState('');
  const amount = readTokens(text);
  const wanted = understood(amount);
  const costWei = bank && wanted && costOf(wanted, bank);
  const problem =
    problemOf(amount) ??
    (costWei !== undefined && balances !== undefined && costWei > balances.wei
      ? `That costs ${coins(costWei)}; you have ${coins(balances.wei)}.`
      : undefined);
  const plan = async ({ name }: PageAccount): Promise<Plan | undefined> => {
    if (wanted === undefined || problem !== undefined) return undefined;
    const valueWei = costOf(wanted, await ratesOf(bank));
    return {
      sentence: `${name} pays ${exactCoins(valueWei)} to the bank and gets ${exactTokens(wanted)}.`,
      doubts: doubtsOfTokens(wanted),
      notes: ['The rate that is posted when it comes into a block counts.'],
      steps: [
        {
          text: `Buy ${exactTokens(wanted)} at the bank`,
          run: (signer, options) => buyTokens(signer, { bankAddress, valueWei, ...options }),
        },
      ],
    };
  };
  return (
    <Card title="Buy tokens">
      <ActionForm title="Buy tokens" button="Review" plan={plan} onSent={() => setText('')}>
        {(hasTried) => (
          <Field
            label="Tokens to buy"
            unit="ENT"
            inputMode="decimal"
            value={text}
            onInput={setText}
            help={costWei ? `That costs ${coins(costWei)}.` : '1 ENT stands for 150 Wh.'}
            problem={hasTried ? problem : undefined}
          />
        )}
      </ActionForm>
    </Card>
  );
}

function RedeemCard({ bank, balances }: CardProps) {
  const [text, setText] = useState('');
  const amount = readTokens(text, mostTokens(balances));
  const given = understood(amount);
  const gotWei = bank && given && returnOf(given, bank);
  const plan = async ({ name }: PageAccount): Promise<Plan | undefined> => {
    if (given === undefined) return undefined;
    const coinsWei = returnOf(given, await ratesOf(bank));
    return {
      sentence: `${name} gives ${exactTokens(given)} back to the bank and gets ${exactCoins(coinsWei)}.`,
      notes: ['The rate that is posted when it comes into a block counts.'],
      steps: [
        {
          text: `Give ${exactTokens(given)} back for coins`,
          run: (signer, options) => redeemForCoins(signer, { bankAddress, tokens: given, ...options }),
        },
      ],
    };
  };
  return (
    <Card title="Give tokens back for coins">
      <ActionForm title="Give tokens back for coins" button="Review" plan={plan} onSent={() => setText('')}>
        {(hasTried) => (
          <Field
            label="Tokens to give back"
            unit="ENT"
            inputMode="decimal"
            value={text}
            onInput={setText}
            help={gotWei ? `You get ${coins(gotWei)}.` : 'The bank pays coins out of its reserve.'}
            problem={hasTried ? problemOf(amount) : undefined}
          />
        )}
      </ActionForm>
    </Card>
  );
}

const allowBank = (allowance: bigint, what: string): Step => ({
  text: `Allow the bank to take ${what}`,
  run: (signer, options) =>
    approveTokens(signer, { tokenAddress, spender: bankAddress, tokens: allowance, ...options }),
});

const allowanceOf = (owner: Hex) => getAllowance(client, { tokenAddress, owner, spender: bankAddress });

function PayoutCard({ balances }: CardProps) {
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
    // What a standing order was allowed to take stays: then the payout's tokens come on top.
    const needed = orders.length > 0 ? allowance + given : given;
    return {
      sentence: `${name} hands ${exactTokens(given)} to the bank, and an operator pays their worth outside the chain to "${where.trim()}".`,
      notes: ['Until it is paid you can take it back. Everybody can read the destination.'],
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

function StandingOrderCard({ balances }: CardProps) {
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
