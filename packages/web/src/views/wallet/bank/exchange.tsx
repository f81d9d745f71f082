import {
  type BankFigures,
  buyTokens,
  doubtsOfTokens,
  limitBuying,
  limitRedeeming,
  redeemForCoins,
  TOKEN_UNIT,
} from '@wattchain/market';
import { useState } from 'preact/hooks';
import { clock } from '../../../api/community.js';
import { client, contracts } from '../../../api/node.js';
import { Card } from '../../../components/basics.js';
import { coins } from '../../../format.js';
import type { PageAccount } from '../../../keys/session.js';
import type { Balances } from '../accountBar.js';
import type { Plan } from '../act.js';
import { exactCoins, exactTokens } from '../amounts.js';
import { ActionForm, Choice, Field } from '../forms.js';
import { problemOf, readTokens, understood } from '../inputs.js';
import { mostTokens, ratesOf } from './bankModel.js';

const { bankAddress } = contracts;

interface CardProps {
  readonly bank: BankFigures | undefined;
  readonly balances: Balances | undefined;
}

/** In hundredths of a percent. */
const TOLERANCES = [
  { value: '0', text: 'nothing' },
  { value: '100', text: '1 %' },
  { value: '500', text: '5 %' },
] as const;

/** How much less than the rates promise still is good enough. */
const Tolerance = ({ value, onInput }: { value: string; onInput: (value: string) => void }) => (
  <Choice
    label="Less by at most"
    value={value}
    options={TOLERANCES}
    onInput={onInput}
    help="Rates may change before it is in a block."
  />
);

const toleranceText = (tolerance: string) =>
  tolerance === '0' ? 'Not less than the rate in force brings' : `At most ${Number(tolerance) / 100} % less`;

/** Rounded up, so that the bank gives at least what was asked for. */
const costOf = (wanted: bigint, { buyRateWei }: Pick<BankFigures, 'buyRateWei'>) =>
  (wanted * buyRateWei + TOKEN_UNIT - 1n) / TOKEN_UNIT;

export function BuyCard({ bank, balances }: CardProps) {
  const [text, setText] = useState('');
  const [tolerance, setTolerance] = useState('100');
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
    const limits = await limitBuying(client, { bankAddress, valueWei, tolerance: BigInt(tolerance) });
    const { leastTokens, until } = limits;
    return {
      sentence: `${name} pays ${exactCoins(valueWei)} to the bank and gets ${exactTokens(limits.tokens)}.`,
      doubts: doubtsOfTokens(wanted),
      terms: [
        { name: 'At least', value: exactTokens(leastTokens) },
        { name: 'Not after', value: clock.peek().blockText(until) },
      ],
      notes: [`${toleranceText(tolerance)}: with fewer tokens, or later, nothing is exchanged.`],
      steps: [
        {
          text: `Buy ${exactTokens(limits.tokens)} at the bank`,
          run: (signer, options) => buyTokens(signer, { bankAddress, valueWei, leastTokens, until, ...options }),
        },
      ],
    };
  };
  return (
    <Card title="Buy tokens">
      <ActionForm title="Buy tokens" button="Review" plan={plan} onSent={() => setText('')}>
        {(hasTried) => (
          <div class="row">
            <Field
              label="Tokens to buy"
              unit="ENT"
              inputMode="decimal"
              value={text}
              onInput={setText}
              help={costWei ? `That costs ${coins(costWei)}.` : '1 ENT stands for 150 Wh.'}
              problem={hasTried ? problem : undefined}
            />
            <Tolerance value={tolerance} onInput={setTolerance} />
          </div>
        )}
      </ActionForm>
    </Card>
  );
}

export function RedeemCard({ bank, balances }: CardProps) {
  const [text, setText] = useState('');
  const [tolerance, setTolerance] = useState('100');
  const amount = readTokens(text, mostTokens(balances));
  const given = understood(amount);
  const gotWei = bank && given && (given * bank.redeemRateWei) / TOKEN_UNIT;
  const plan = async ({ name }: PageAccount): Promise<Plan | undefined> => {
    if (given === undefined) return undefined;
    const limits = await limitRedeeming(client, { bankAddress, tokens: given, tolerance: BigInt(tolerance) });
    const { coinsWei, leastCoinsWei, until } = limits;
    return {
      sentence: `${name} gives ${exactTokens(given)} back to the bank and gets ${exactCoins(coinsWei)}.`,
      terms: [
        { name: 'At least', value: exactCoins(leastCoinsWei) },
        { name: 'Not after', value: clock.peek().blockText(until) },
      ],
      notes: [`${toleranceText(tolerance)}: for less, or later, nothing is exchanged.`],
      steps: [
        {
          text: `Give ${exactTokens(given)} back for coins`,
          run: (signer, options) =>
            redeemForCoins(signer, { bankAddress, tokens: given, leastCoinsWei, until, ...options }),
        },
      ],
    };
  };
  return (
    <Card title="Give tokens back for coins">
      <ActionForm title="Give tokens back for coins" button="Review" plan={plan} onSent={() => setText('')}>
        {(hasTried) => (
          <div class="row">
            <Field
              label="Tokens to give back"
              unit="ENT"
              inputMode="decimal"
              value={text}
              onInput={setText}
              help={gotWei ? `You get ${coins(gotWei)}.` : 'The reserve covers every token that exists.'}
              problem={hasTried ? problemOf(amount) : undefined}
            />
            <Tolerance value={tolerance} onInput={setTolerance} />
          </div>
        )}
      </ActionForm>
    </Card>
  );
}
