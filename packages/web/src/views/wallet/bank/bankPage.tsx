import { getOperators, getRates } from '@wattchain/market';
import { client, contracts } from '../../../api/node.js';
import { useLive } from '../../../api/useLive.js';
import { Await, Card, Figure } from '../../../components/basics.js';
import { coins, tokens } from '../../../format.js';
import { account } from '../../../keys/session.js';
import { useBalances } from '../accountBar.js';
import { operatorAt, readBank } from './bankModel.js';
import { BuyCard, RedeemCard } from './exchange.js';
import { OperatorsCard } from './operators.js';
import { Orders } from './orders.js';
import { PayoutCard, StandingOrderCard } from './payoutForms.js';
import { RatesCard } from './rates.js';

const { bankAddress } = contracts;

/** `/wallet/bank`: tokens for coins and back, payouts outside the chain, and what covers it all. */
export function BankPage() {
  const acting = account.value;
  const figures = useLive(readBank, []);
  const rates = useLive(() => getRates(client, { bankAddress }), []);
  const operators = useLive(() => getOperators(client, { bankAddress }), []);
  const balances = useBalances(acting?.address);
  const known = balances.state === 'loaded' ? balances.value : undefined;
  const posted = figures.state === 'loaded' ? figures.value : undefined;
  const own = operators.state === 'loaded' ? operatorAt(operators.value, acting?.address) : undefined;
  return (
    <>
      <Card title="The bank" wide>
        <Await of={figures}>
          {(bank) => (
            <div class="figures">
              <Figure value={coins(bank.buyRateWei)} label="for a token that you buy" />
              <Figure value={coins(bank.redeemRateWei)} label="for a token that you give back" />
              <Figure value={tokens(bank.outstanding)} label="exist in all" />
              <Figure
                value={coins(bank.coinReserveWei)}
                label="in the reserve"
                note={`${coins(bank.coinCoverNeededWei)} cover all tokens`}
              />
            </div>
          )}
        </Await>
      </Card>
      <RatesCard rates={rates} own={own} />
      <BuyCard bank={posted} balances={known} />
      <RedeemCard bank={posted} balances={known} />
      <PayoutCard balances={known} />
      <StandingOrderCard balances={known} />
      {acting !== undefined && <Orders key={acting.address} holder={acting.address} own={own} />}
      <OperatorsCard operators={operators} own={own} figures={posted} />
    </>
  );
}
