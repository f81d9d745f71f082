import { type BankFigures, deposit, type Operator, shareSurplus, withdraw } from '@wattchain/market';
import { useState } from 'preact/hooks';
import { contracts } from '../../../api/node.js';
import type { Loaded } from '../../../api/useLive.js';
import { Await, Card, Figure } from '../../../components/basics.js';
import { Who } from '../../../components/ids.js';
import { Table } from '../../../components/table.js';
import { coins, tokens } from '../../../format.js';
import type { Plan } from '../act.js';
import { exactCoins } from '../amounts.js';
import { ActionButton, ActionForm, Choice, Field } from '../forms.js';
import { problemOf, readCoins, understood } from '../inputs.js';

const { bankAddress } = contracts;

interface OperatorsProps {
  readonly operators: Loaded<readonly Operator[]>;
  /** The acting account, where it is one. */
  readonly own: Operator | undefined;
  readonly figures: BankFigures | undefined;
}

/** Who runs the bank, and what each of them has there: what it attests is covered out of its deposit. */
export function OperatorsCard({ operators, own, figures }: OperatorsProps) {
  return (
    <Card title="Operators and their deposits" wide>
      {figures !== undefined && (
        <div class="figures">
          <Figure value={coins(figures.coinDepositsWei)} label="deposits of all operators" />
          <Figure value={coins(figures.coinSurplusWei)} label="of the reserve cover nothing" />
          <Figure value={tokens(figures.pendingPayouts)} label="wait to be paid outside" />
        </div>
      )}
      <Await of={operators}>
        {(all) => (
          <Table
            label="operators"
            columns={[
              { title: 'operator' },
              { title: 'deposit', isNumber: true },
              { title: 'may still attest', isNumber: true },
            ]}
            rows={all.map(({ seat, operator, isFrozen, depositWei, remaining }) => ({
              key: seat.toString(),
              cells: [
                <>
                  {seat.toString()}: <Who address={operator} /> {isFrozen && <span class="tag bad">frozen</span>}
                </>,
                coins(depositWei),
                tokens(remaining),
              ],
            }))}
          />
        )}
      </Await>
      {own !== undefined && <DepositForm own={own} />}
      {own !== undefined && figures !== undefined && figures.coinSurplusWei > 0n && (
        <ActionButton
          label="Share the surplus"
          text="Share the surplus"
          plan={async () => ({
            sentence: `The ${exactCoins(figures.coinSurplusWei)} of the reserve that cover no token are split equally over the deposits of all operators.`,
            steps: [
              {
                text: 'Share the surplus',
                run: (signer, options) => shareSurplus(signer, { bankAddress, ...options }),
              },
            ],
          })}
        />
      )}
    </Card>
  );
}

function DepositForm({ own }: { own: Operator }) {
  const [what, setWhat] = useState('add');
  const [text, setText] = useState('');
  const isAdding = what === 'add';
  const most = { value: own.depositWei, text: `Your deposit has ${coins(own.depositWei)}.` };
  const amount = readCoins(text, isAdding ? {} : { most });
  const plan = async ({ name }: { readonly name: string }): Promise<Plan | undefined> => {
    const wei = understood(amount);
    if (wei === undefined) return undefined;
    return {
      sentence: isAdding
        ? `${exactCoins(wei)} go from ${name} into its deposit at the bank, which covers what it attests.`
        : `${exactCoins(wei)} go from the deposit to ${name}.`,
      steps: [
        {
          text: isAdding ? `Deposit ${exactCoins(wei)}` : `Withdraw ${exactCoins(wei)}`,
          run: (signer, options) =>
            isAdding
              ? deposit(signer, { bankAddress, valueWei: wei, ...options })
              : withdraw(signer, { bankAddress, amountWei: wei, ...options }),
        },
      ],
    };
  };
  return (
    <ActionForm title="Your deposit" button="Review" plan={plan} onSent={() => setText('')}>
      {(hasTried) => (
        <div class="row">
          <Choice
            label="Your deposit"
            value={what}
            options={[
              { value: 'add', text: 'add to it' },
              { value: 'take', text: 'take out of it' },
            ]}
            onInput={setWhat}
          />
          <Field
            label="Coins"
            unit="WATT"
            inputMode="decimal"
            value={text}
            onInput={setText}
            help={`It has ${coins(own.depositWei)}.`}
            problem={hasTried ? problemOf(amount) : undefined}
          />
        </div>
      )}
    </ActionForm>
  );
}
