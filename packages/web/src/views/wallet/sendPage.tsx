import { transferTokens } from '@wattchain/market';
import { useState } from 'preact/hooks';
import { getAddress } from 'viem';
import { sendTransaction } from 'viem/actions';
import { names } from '../../api/community.js';
import { contracts } from '../../api/node.js';
import { Card } from '../../components/basics.js';
import { coins, shortAddress, tokens } from '../../format.js';
import type { PageAccount } from '../../keys/session.js';
import { account } from '../../keys/session.js';
import { nameIn } from '../../model/names.js';
import { useBalances } from './accountBar.js';
import type { Plan } from './act.js';
import { exactCoins, exactTokens } from './amounts.js';
import { ActionForm, Choice, Field } from './forms.js';
import { problemOf, readAddress, readCoins, readTokens, understood } from './inputs.js';

/** `/wallet/send`: coins or tokens to another account. */
export function SendPage() {
  const acting = account.value;
  const balances = useBalances(acting?.address);
  const [what, setWhat] = useState('tokens');
  const [receiver, setReceiver] = useState('');
  const [text, setText] = useState('');
  const known = balances.state === 'loaded' ? balances.value : undefined;
  const to = readAddress(receiver, acting?.address ?? '0x');
  const amount =
    what === 'tokens'
      ? readTokens(
          text,
          known && { most: { value: known.tokens, text: `More than the ${tokens(known.tokens)} that you have.` } },
        )
      : readCoins(
          text,
          known && { most: { value: known.wei, text: `More than the ${coins(known.wei)} that you have.` } },
        );

  const plan = async ({ name }: PageAccount): Promise<Plan | undefined> => {
    const [address, value] = [understood(to), understood(amount)];
    if (address === undefined || value === undefined) return undefined;
    const other = nameIn(names.value, address)?.name;
    const called = other === undefined ? getAddress(address) : `${other} (${getAddress(address)})`;
    const sum = what === 'tokens' ? exactTokens(value) : exactCoins(value);
    const notes = nameIn(names.value, address)?.kind === 'contract' ? ['This is a contract, not a person.'] : [];
    return {
      sentence: `${sum} go from ${name} to ${called}. Nobody can take that back.`,
      notes,
      steps: [
        {
          text: `Send ${sum} to ${other ?? shortAddress(address)}`,
          run: (client, options) =>
            what === 'tokens'
              ? transferTokens(client, { tokenAddress: contracts.tokenAddress, to: address, tokens: value, ...options })
              : sendTransaction(client, { type: 'legacy', to: address, value }),
        },
      ],
    };
  };
  return (
    <Card title="Send" wide>
      <ActionForm
        title="Send"
        button="Review"
        plan={plan}
        onSent={() => {
          setReceiver('');
          setText('');
        }}
      >
        {(hasTried) => (
          <>
            <Field
              label="To"
              mono
              value={receiver}
              onInput={setReceiver}
              help="The receiver's address, 0x…"
              problem={hasTried ? problemOf(to) : undefined}
            />
            <div class="row">
              <Choice
                label="What"
                value={what}
                onInput={setWhat}
                options={[
                  { value: 'tokens', text: 'Energy Tokens (ENT)' },
                  { value: 'coins', text: 'coins (WATT)' },
                ]}
              />
              <Field
                label="Amount"
                unit={what === 'tokens' ? 'ENT' : 'WATT'}
                inputMode="decimal"
                value={text}
                onInput={setText}
                help={
                  known === undefined
                    ? 'Looking up what you have …'
                    : `You have ${what === 'tokens' ? tokens(known.tokens) : coins(known.wei)}.`
                }
                problem={hasTried ? problemOf(amount) : undefined}
              />
            </div>
          </>
        )}
      </ActionForm>
    </Card>
  );
}
