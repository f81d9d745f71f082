import { type AbiFunction, type Address, erc20Abi, getAddress, type Hex, isAddress, toFunctionSelector } from 'viem';
import { getBalance, getCode, readContract } from 'viem/actions';
import { ledger } from '../../api/ledger.js';
import { client, contracts, request } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Await, Card, Empty, Figure, Skeleton } from '../../components/basics.js';
import { Copy } from '../../components/ids.js';
import { NotOnChain } from '../../components/notFound.js';
import { Table } from '../../components/table.js';
import { EventTable } from '../../components/words.js';
import { coins, count, humanise, shortAddress } from '../../format.js';
import { labelOf } from '../../model/contractWords.js';
import { marketContractAt } from '../../model/transactionWords.js';

const SHOWN_EVENTS = 40;
/** A stranger's contract may call itself anything, at any length. */
const MAX_NAME_LENGTH = 60;

/** A contract by its address, or by its name where the network started with it. */
export function ContractPage({ id }: { id: string }) {
  const loaded = useLive(() => readContractPage(id), [id]);
  if (loaded.state === 'loaded' && loaded.value === undefined) {
    return (
      <NotOnChain title="There is no such contract">
        {isAddress(id, { strict: false })
          ? 'No code is at this address: it is an account of a person, or nothing has happened there yet.'
          : 'A contract is named by its address, or by its name when the network started with it: EnergyToken, Bank, EnergyTrade, MeterRegistry, Council.'}
      </NotOnChain>
    );
  }
  const known = loaded.state === 'loaded' ? loaded.value : undefined;
  return (
    <>
      <h1>{known === undefined ? 'Contract' : (known.name ?? `Contract ${shortAddress(known.address)}`)}</h1>
      <Card title="The contract" wide>
        <Await of={loaded} lines={5}>
          {(value) => value && <Facts {...value} />}
        </Await>
      </Card>
      {known && (
        <>
          <Card title="What it can do" wide>
            <Functions address={known.address} />
          </Card>
          <Card title="What happened lately" wide>
            <Events address={known.address} />
          </Card>
        </>
      )}
    </>
  );
}

interface Known {
  readonly address: Address;
  /** As the network calls it. */
  readonly name: string | undefined;
  /** As it calls itself, when it says so in the way of ERC-20. */
  readonly ownName: string | undefined;
  readonly balance: bigint;
  readonly codeBytes: number;
}

async function readContractPage(id: string): Promise<Known | undefined> {
  const listed = await request<{ name: string; address: Hex }[]>('watt_contracts');
  const wanted = id.toLowerCase();
  const entry = listed.find(({ name, address }) => name.toLowerCase() === wanted || address.toLowerCase() === wanted);
  const address = entry?.address ?? (isAddress(id, { strict: false }) ? id : undefined);
  if (address === undefined) return undefined;
  const [code, balance, ownName] = await Promise.all([
    getCode(client, { address }),
    getBalance(client, { address }),
    readContract(client, { address, abi: erc20Abi, functionName: 'name' }).catch(() => undefined),
  ]);
  if (code === undefined || code === '0x') return undefined;
  return {
    address: getAddress(address),
    name: entry && humanise(entry.name),
    ownName: ownName?.slice(0, MAX_NAME_LENGTH),
    balance,
    codeBytes: (code.length - 2) / 2,
  };
}

function Facts({ address, name, ownName, balance, codeBytes }: Known) {
  return (
    <>
      <p class="id">
        <span class="mono">{address}</span>
        <Copy text={address} what="address" />
      </p>
      <p>
        {name === undefined ? 'Somebody put it on the chain.' : 'The network started with it.'}
        {ownName !== undefined && ownName !== name && ` It calls itself "${ownName}".`}
      </p>
      <div class="figures">
        <Figure value={coins(balance)} label="coins it holds" />
        <Figure value={`${count(codeBytes)} bytes`} label="of code" />
      </div>
      <p>
        <a href={`/chain/account/${address}`}>Its balances as an account</a>
      </p>
    </>
  );
}

function Functions({ address }: { address: Address }) {
  const contract = marketContractAt(address, contracts);
  if (contract === undefined) {
    return <Empty>Code carries no names: what it can do is written by whoever put it there.</Empty>;
  }
  const functions = contract.abi.filter((item) => item.type === 'function');
  const columns = [
    { title: 'function' },
    { title: 'takes' },
    { title: 'answers' },
    { title: 'selector', isLess: true },
  ];
  const rows = functions.map((item) => ({
    key: item.name,
    cells: [
      <>
        <code>{item.name}</code> {item.stateMutability === 'payable' && <span class="tag">takes coins</span>}
        {item.stateMutability === 'view' && <span class="tag">reads only</span>}
      </>,
      listOf(item.inputs),
      listOf(item.outputs),
      <span class="mono">{toFunctionSelector(item)}</span>,
    ],
  }));
  return <Table label="functions" columns={columns} rows={rows} />;
}

/** What a value without a name is. */
const TYPES: Readonly<Record<string, string>> = { bool: 'yes or no', address: 'an address', string: 'a text' };

const listOf = (values: AbiFunction['inputs']) =>
  values.map(({ name = '', type }) => (name === '' ? (TYPES[type] ?? 'a number') : labelOf(name))).join(', ') || '–';

function Events({ address }: { address: Address }) {
  const { value } = ledger;
  if (marketContractAt(address, contracts) === undefined) {
    return <Empty>This page follows the events of the community's own contracts only.</Empty>;
  }
  if (value === undefined) return <Skeleton lines={4} />;
  const own = value.events.filter((event) => event.address.toLowerCase() === address.toLowerCase());
  if (own.length === 0) return <Empty>Nothing yet.</Empty>;
  return (
    <>
      <EventTable events={own.slice(-SHOWN_EVENTS).reverse()} />
      {own.length > SHOWN_EVENTS && (
        <small>
          The newest {SHOWN_EVENTS} of {count(own.length)}.
        </small>
      )}
    </>
  );
}
