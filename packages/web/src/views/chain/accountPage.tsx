import { getTokenBalance } from '@wattchain/market';
import { type Address, getAddress, isAddress } from 'viem';
import { getBalance, getCode, getTransactionCount } from 'viem/actions';
import { recentBlocks } from '../../api/blocks.js';
import { community, names } from '../../api/community.js';
import { ledger } from '../../api/ledger.js';
import { client, contracts } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Coins, Tokens } from '../../components/amounts.js';
import { Await, Card, Empty, Figure, Skeleton } from '../../components/basics.js';
import { Copy } from '../../components/ids.js';
import { NotOnChain } from '../../components/notFound.js';
import { EventTable } from '../../components/words.js';
import { count, shortAddress, wordText } from '../../format.js';
import { concerns } from '../../model/eventWords.js';
import { nameIn } from '../../model/names.js';

const SHOWN_EVENTS = 40;

/** An account: what it has, who it is, what happened to it. */
export function AccountPage({ id }: { id: string }) {
  if (!isAddress(id, { strict: false })) {
    return <NotOnChain title="This is no address">An address is 0x and 40 hexadecimal digits.</NotOnChain>;
  }
  return <AccountOf address={getAddress(id)} />;
}

const ROLES = {
  you: 'It is yours: the account that acts on this page.',
  own: 'This browser knows it.',
  contract: 'A contract of this network.',
  household: 'A household of the community.',
  published: 'One of the accounts of the testbed.',
  operator: 'It runs the bank and registers meters.',
  reporter: 'It reports the readings of meters.',
  miner: 'It finds blocks.',
} as const;

function AccountOf({ address }: { address: Address }) {
  const known = nameIn(names.value, address);
  const meters = community.value.meters.filter(({ owner }) => owner.toLowerCase() === address.toLowerCase());
  const mined = recentBlocks.value.filter(({ miner }) => miner.toLowerCase() === address.toLowerCase()).length;
  const loaded = useLive(async () => {
    const [balance, tokenBalance, nonce, code] = await Promise.all([
      getBalance(client, { address }),
      getTokenBalance(client, { tokenAddress: contracts.tokenAddress, owner: address }),
      getTransactionCount(client, { address }),
      getCode(client, { address }),
    ]);
    return { balance, tokenBalance, nonce, isContract: code !== undefined && code !== '0x' };
  }, [address]);
  return (
    <>
      <h1>{known?.name ?? `Account ${shortAddress(address)}`}</h1>
      <Card title="The account" wide>
        <p class="id">
          <span class="mono">{address}</span>
          <Copy text={address} what="address" />
        </p>
        <p>
          {known === undefined ? 'Nobody told this page who this is.' : ROLES[known.kind]}
          {meters.length > 0 &&
            ` ${meters.length === 1 ? 'Meter' : 'Meters'}: ${meters.map(({ meter }) => wordText(meter)).join(', ')}.`}
          {mined > 0 && ` It found ${count(mined)} of the last ${count(recentBlocks.value.length)} blocks.`}
        </p>
        <Await of={loaded} lines={3}>
          {({ balance, tokenBalance, nonce, isContract }) => (
            <>
              <div class="figures">
                <Figure value={<Coins wei={balance} />} label="coins" />
                <Figure
                  value={
                    <span class="token">
                      <Tokens units={tokenBalance} />
                    </span>
                  }
                  label="Energy Tokens"
                />
                <Figure value={count(nonce)} label="transactions sent" />
              </div>
              {isContract && (
                <p>
                  This is a contract. <a href={`/chain/contract/${address}`}>Its code and functions</a>
                </p>
              )}
            </>
          )}
        </Await>
      </Card>
      {loaded.state !== 'loading' && <History address={address} />}
    </>
  );
}

function History({ address }: { address: Address }) {
  const { value } = ledger;
  const own = value?.events.filter((event) => concerns(event, address)) ?? [];
  return (
    <Card title="What happened" wide>
      {value === undefined ? (
        <Skeleton lines={4} />
      ) : own.length === 0 ? (
        <Empty>
          {value.isComplete ? 'It took no part in tokens, the bank or trades yet.' : 'Reading the history …'}
        </Empty>
      ) : (
        <EventTable events={own.slice(-SHOWN_EVENTS).reverse()} />
      )}
      {own.length > SHOWN_EVENTS && (
        <p>
          <small>
            The newest {SHOWN_EVENTS} of {count(own.length)}.
          </small>
        </p>
      )}
    </Card>
  );
}
