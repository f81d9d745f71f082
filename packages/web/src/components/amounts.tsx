import { formatKwh, formatTokens } from '@wattchain/market';
import { formatEther } from 'viem';
import { coins, kwh, tokens } from '../format.js';

/** An amount rounded for reading; the exact figure shows where somebody points, and is what programs read. */
function Amount(props: { shown: string; exact: string; unit: string }) {
  const { shown, exact, unit } = props;
  return (
    <data value={exact} title={`exactly ${exact} ${unit}`}>
      {shown}
    </data>
  );
}

/** Energy, `74.203 kWh`. */
export const Energy = ({ mwh }: { mwh: bigint }) => <Amount shown={kwh(mwh)} exact={formatKwh(mwh)} unit="kWh" />;

/** Energy Tokens, `14.254 ENT`. */
export const Tokens = ({ units }: { units: bigint }) => (
  <Amount shown={tokens(units)} exact={formatTokens(units)} unit="ENT" />
);

/** Coins, `99.987 WATT`. */
export const Coins = ({ wei }: { wei: bigint }) => <Amount shown={coins(wei)} exact={formatEther(wei)} unit="WATT" />;
