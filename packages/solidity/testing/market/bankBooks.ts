/** The first rules of the bank and those of today, each with the same things happening under them; and what is new today. */
import type { Address } from '@wattchain/core';
import type { AbiInput } from '@wattchain/vm';
import { PACKAGE_FOLDER } from '../compileForEvm.js';
import type { RuleBook, RuleStep } from './ruleBooks.js';
import { address, type Person, word } from './scenario.js';

const TOKEN = 10n ** 18n;
const BUY_RATE = 2_000_000n;
const REDEEM_RATE = 1_900_000n;
const LIMIT = 1_000n * TOKEN;
const NOTICE = 60;
const UNLIMITED = 2n ** 256n - 1n;
const PLACE = word(0xacc);
const NOWHERE = `0x${'00'.repeat(20)}`;

/** How an act is done under the rules; `undefined`: they do not know it. */
type Dialect = (act: string, args: readonly AbiInput[]) => readonly AbiInput[] | undefined;

/** What happens, in the order of the table. Arguments are those of the first rules. */
function story(dialect: Dialect, places: ReadonlyMap<string, Address>): RuleStep[] {
  const by = (from: Person, at: number, name: string, args: readonly AbiInput[], row?: string, value = 0n) => {
    const said = dialect(name, args);
    const step = { from, at, contract: 'Bank', function: name, args: said ?? [], value };
    return said === undefined ? [] : [row === undefined ? step : { ...step, row }];
  };
  const paid = (id: bigint, at: number, rows: readonly [string?, string?] = []) => [
    ...by('operator', at, 'markPaid', [id, word(7)], rows[0]),
    ...by('neighbour', at + NOTICE, 'closePayout', [id], rows[1]),
  ];
  const rates = [BUY_RATE + 5n, REDEEM_RATE - 5n];
  return [
    ...by('operator', 1, 'deposit', [], undefined, 10n ** 9n),
    ...by('otherOperator', 1, 'deposit', [], undefined, 10n ** 9n),
    ...by('buyer', 2, 'buy', [], undefined, 90n * BUY_RATE),
    ...by('buyer', 2, 'buy', [], 'buy', BUY_RATE),
    ...by('operator', 3, 'attest', [address('buyer'), TOKEN, word(1)]),
    ...by('operator', 3, 'attest', [address('buyer'), TOKEN, word(2)], 'attest'),
    ...by('buyer', 4, 'redeem', [TOKEN]),
    ...by('buyer', 4, 'redeem', [TOKEN], 'redeem'),
    {
      from: 'buyer',
      at: 5,
      contract: 'EnergyToken',
      function: 'approve',
      args: [places.get('Bank') ?? NOWHERE, UNLIMITED],
    },
    ...by('buyer', 6, 'redeemOutside', [TOKEN, PLACE]),
    ...by('buyer', 6, 'redeemOutside', [TOKEN, PLACE], 'redeemOutside'),
    ...by('buyer', 6, 'redeemOutside', [TOKEN, PLACE]),
    ...by('buyer', 7, 'cancelPayout', [3n], 'cancelPayout'),
    ...paid(1n, 10),
    ...paid(2n, 100, ['markPaid', 'closePayout']),
    ...by('buyer', 200, 'setStandingOrder', [TOKEN, 60n, PLACE], 'setStandingOrder'),
    ...by('operator', 300, 'runStandingOrders', [[1n]], 'runStandingOrders, one due'),
    ...by('buyer', 301, 'cancelStandingOrder', [1n], 'cancelStandingOrder'),
    ...by('operator', 400, 'deposit', [], 'deposit', 1_000n),
    ...by('operator', 400, 'withdraw', [500n], 'withdraw'),
    ...by('otherOperator', 400, 'setLimit', [address('operator'), LIMIT + 1n], 'setLimit'),
    ...by('operator', 500, 'setRates', rates, 'setRates'),
    ...by('operator', 500, 'announceRates', rates, 'announceRates'),
    ...by('otherOperator', 501, 'confirmRates', rates, 'confirmRates'),
    ...by('neighbour', 500 + NOTICE, 'applyRates', rates, 'applyRates'),
    ...by('operator', 600, 'shareSurplus', [], 'shareSurplus'),
    ...by('operator', 700, 'markPaid', [4n, word(8)]),
    ...by('buyer', 701, 'objectToPayout', [4n], 'objectToPayout'),
    ...by('otherOperator', 702, 'decidePayout', [4n], 'decidePayout, not paid'),
  ];
}

const NEW_ACTS = new Set(
  'closePayout announceRates confirmRates applyRates shareSurplus objectToPayout decidePayout'.split(' '),
);

/** The rules that were replaced. */
export const FIRST_BANK: RuleBook = {
  name: 'first rules',
  folder: `${PACKAGE_FOLDER}/../../bench/contracts/first`,
  contracts: [
    { name: 'EnergyToken', args: (places) => [places.get('Bank') ?? NOWHERE] },
    {
      name: 'Bank',
      args: (places) => {
        const operators = [address('operator'), LIMIT, address('otherOperator'), LIMIT];
        return [places.get('EnergyToken') ?? NOWHERE, ...operators, BUY_RATE, REDEEM_RATE];
      },
    },
  ],
  steps: (_, places) => story((act, args) => (NEW_ACTS.has(act) ? undefined : args), places),
};

/** The rules of today. */
export const BANK_OF_TODAY: RuleBook = {
  name: 'today',
  folder: `${PACKAGE_FOLDER}/../market/contracts`,
  contracts: [
    { name: 'EnergyToken', args: (places) => [places.get('Bank') ?? NOWHERE] },
    {
      name: 'Bank',
      args: (places) => {
        const at = ['EnergyToken', 'Council'].map((name) => places.get(name) ?? NOWHERE);
        return [...at, [LIMIT, LIMIT], BUY_RATE, REDEEM_RATE];
      },
    },
    {
      name: 'Council',
      args: () => [[address('operator'), address('otherOperator')], address('deployer'), BigInt(NOTICE)],
    },
  ],
  steps: (startS, places) => {
    const until = startS + 100_000n;
    const payout = [address('buyer'), TOKEN] as const;
    const said: Readonly<Record<string, (args: readonly AbiInput[]) => readonly AbiInput[]>> = {
      buy: () => [1n, until],
      redeem: (args) => [...args, 1n, until],
      cancelPayout: ([id = 0n]) => [id, TOKEN, PLACE],
      markPaid: ([id = 0n, reference = 0n]) => [id, ...payout, PLACE, reference],
      objectToPayout: ([id = 0n]) => [id, ...payout, word(8)],
      decidePayout: ([id = 0n]) => [id, ...payout, word(8), false],
      cancelStandingOrder: ([id = 0n]) => [id, TOKEN, PLACE],
      confirmRates: (args) => [...args, startS + 500n],
      applyRates: (args) => [...args, startS + 500n],
    };
    return story((act, args) => (act === 'setRates' ? undefined : (said[act]?.(args) ?? args)), places);
  },
};
