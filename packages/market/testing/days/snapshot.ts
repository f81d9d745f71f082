/** What the views of the contracts say after a block, in the words of the reference. */
import { assert } from '@wattchain/core';
import { type DayMachine, textOf } from './machine.js';
import { METERS, nameOf, PEOPLE } from './names.js';
import type { Act, Json, Snapshot } from './script.js';

/** Reads everything that a day has come to hold; of readings and changes of keys, those of which an act has spoken. */
export class SnapshotReader {
  readonly #machine: DayMachine;
  readonly #periods = new Map<string, readonly [string, string]>();
  readonly #announcements = new Map<string, readonly Json[]>();
  readonly #keyChanges = new Map<string, readonly [string, string]>();
  readonly #seats: number;

  constructor(machine: DayMachine, seats: number) {
    this.#machine = machine;
    this.#seats = seats;
  }

  /** Notes what an act that was taken speaks of. */
  note({ call, args }: Act): void {
    if (call === 'council.requestKeyChange') {
      const pair = [String(args[0]), String(args[1])] as const;
      this.#keyChanges.set(pair.join('.'), pair);
    }
    if (call === 'registry.announceSource') {
      const [meter, source, isDevice, rating] = args;
      this.#announcements.set(`${meter}.${source}.${isDevice ? 1 : 0}.${rating}`, args);
    }
    const first = args[0];
    if (call === 'registry.correct') this.#notePeriod(first);
    if (call === 'registry.report') for (const reading of first as readonly Json[]) this.#notePeriod(reading);
    if (call === 'registry.reportSigned') {
      for (const { reading } of first as readonly { reading: Json }[]) this.#notePeriod(reading);
    }
  }

  #notePeriod(json: Json | undefined): void {
    const { meter, periodStart } = json as { readonly meter: string; readonly periodStart: string };
    this.#periods.set(`${meter}.${periodStart}`, [meter, periodStart]);
  }

  read(): Snapshot {
    return Object.fromEntries([this.#money(), this.#council(), this.#registry(), this.#bank(), this.#trade()].flat());
  }

  #money(): Entry[] {
    const holders = [...PEOPLE, 'trade', 'bank'];
    return [
      ...holders.map((name) => entry(`coins.${name}`, this.#machine.coins(name))),
      ...holders.map((name) => entry(`token.balance.${name}`, this.#machine.view('token.balanceOf', [name]))),
      entry('token.supply', this.#machine.view('token.totalSupply')),
    ];
  }

  #council(): Entry[] {
    const changes = [...this.#keyChanges.values()];
    const one = (call: string, key: string) => this.#machine.view(call, [key]);
    return [
      entry('council.recovery', this.#machine.view('council.recoveryKey')),
      ...numbersTo(this.#seats).map((seat) => entry(`council.member.${seat}`, one('council.memberAt', seat))),
      ...changes.map((pair) => {
        const change = this.#fields('council.keyChange', pair, [
          ...['requestedBy', 'requestedAt', 'seat', 'approvals', 'rejections'],
          ...['needed', 'isVetoed', 'state'],
        ]);
        return entry(`council.change.${pair.join('.')}`, change);
      }),
      ...[...new Set(changes.flat())].flatMap((key) => [
        entry(`council.seat.${key}`, one('council.seatOf', key)),
        entry(`council.frozen.${key}`, one('council.isFrozen', key)),
      ]),
    ];
  }

  #registry(): Entry[] {
    const meters = METERS.map((meter) => [meter, this.#machine.record('registry.meters', [meter])] as const);
    return [
      ...meters
        .filter(([, { household }]) => nameOf(String(household)) !== 'p0')
        .map(([meter, { household, rating, isDevice, feed }]) => {
          const { source, lastNumber, readUntil } = feed as Record<string, unknown>;
          return entry(`registry.meter.${meter}`, [household, rating, isDevice, source, lastNumber, readUntil]);
        }),
      ...[...this.#announcements].map(([key, terms]) => {
        const names = ['announcedAt', 'announcedBy', 'isConfirmed'];
        return entry(`registry.announced.${key}`, this.#fields('registry.announcedSource', terms, names));
      }),
      ...[...this.#periods.values()].flatMap((place) => {
        const names = ['produced', 'consumed', 'reportedAt', 'number', 'corrections'];
        const kept = this.#fields('registry.readings', place, names);
        // A batch passes over what was brought before, whatever it says.
        if (BigInt(String(kept[2])) === 0n) return [];
        const isFinal = this.#fields('registry.readingOf', place, ['isFinal_']);
        return [entry(`registry.reading.${place.join('.')}`, [...kept, ...isFinal])];
      }),
    ];
  }

  #bank(): Entry[] {
    const pending = ['buyWei', 'redeemWei', 'announcedAt', 'announcedBy', 'confirmedBy', 'state'];
    const payout = ['holder', 'tokens', 'destination', 'state', 'payer', 'moneyReference', 'closesAt', 'objector'];
    const order = ['holder', 'tokens', 'destination', 'intervalSeconds', 'nextDue'];
    return [
      entry('bank.rates', this.#fields('bank.rates', [], ['buyWei', 'redeemWei'])),
      entry('bank.pending', this.#fields('bank.pendingRates', [], pending)),
      entry('bank.reserve', this.#fields('bank.figures', [], ['coinReserve', 'coinCoverNeeded'])),
      ...numbersTo(this.#seats).map((seat) =>
        entry(`bank.seat.${seat}`, this.#fields('bank.seatAccounts', [seat], ['limit', 'attested', 'depositWei'])),
      ),
      ...this.#counted('bank.payoutCount').map((number) =>
        entry(`bank.payout.${number}`, this.#fields('bank.payouts', [number], payout)),
      ),
      ...this.#counted('bank.standingOrderCount').map((number) =>
        entry(`bank.order.${number}`, this.#fields('bank.standingOrders', [number], order)),
      ),
    ];
  }

  #trade(): Entry[] {
    const gridPrice = ['inForce', 'announced', 'announcedAt', 'announcedBy', 'confirmedBy'];
    const terms = ['seller', 'meter', 'periodStart', 'price', 'gridPrice', 'acceptUntil', 'settleBy'];
    const ends = ['state', 'settledMwh', 'shortMwh', 'paidToSeller', 'returnedToBuyer', 'compensation', 'aheadMwh'];
    return [
      entry('trade.gridPrice', this.#fields('trade.gridPrice', [], gridPrice)),
      ...this.#counted('trade.offerCount').map((number) => {
        const offer = this.#machine.record('trade.offers', [number]);
        const rest = fieldsOf(offer, ['energyMwh', 'remainingMwh', 'cancelledMwh', 'state']);
        return entry(`trade.offer.${number}`, [...fieldsOf(offer.terms, terms), ...rest]);
      }),
      ...this.#counted('trade.tradeCount').map((number) => {
        const trade = this.#machine.record('trade.trades', [number]);
        const named = [...fieldsOf(trade.terms, ['offerId']), ...fieldsOf(trade, ['buyer', 'buyerMeter', 'energyMwh'])];
        return entry(`trade.trade.${number}`, [...named, ...this.#fields('trade.tradeStatus', [number], ends)]);
      }),
    ];
  }

  #fields(call: string, args: readonly Json[], names: readonly string[]): unknown[] {
    return fieldsOf(this.#machine.record(call, args), names);
  }

  #counted(count: string): string[] {
    return numbersTo(Number(this.#machine.view(count)));
  }
}

const KINDS: Readonly<Record<string, 'm' | 'r'>> = {
  meter: 'm',
  buyerMeter: 'm',
  destination: 'r',
  moneyReference: 'r',
};

/** Fields of a record in that order; 32 bytes by their names. */
function fieldsOf(record: unknown, names: readonly string[]): unknown[] {
  return names.map((name) => {
    const value = (record as Readonly<Record<string, unknown>>)[name];
    assert(value !== undefined, `there is a field ${name}`);
    const kind = KINDS[name];
    return kind === undefined ? value : nameOf(String(value), kind);
  });
}

function numbersTo(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i + 1));
}

type Entry = readonly [string, Json];

function entry(key: string, value: unknown): Entry {
  return [key, textOf(value)];
}
