import { describe, expect, it } from 'vitest';
import { NOTICE, operators, recovery } from '../../testing/marketVm.js';
import { FIRST_START, GRID_PRICE, seller, stranger, TradeRoom } from '../../testing/tradeRoom.js';

const [member, otherMember] = operators;
const NEW = 3n * 10n ** 18n;

/** A market with an announced price. */
function announced(): { room: TradeRoom; at: bigint } {
  const room = new TradeRoom();
  room.vm.send(member, 'trade', 'announceGridPrice', [NEW]);
  return { room, at: room.vm.nowS };
}

const inForce = (room: TradeRoom) => room.vm.read<bigint[]>('trade', 'gridPrice')[0];

describe('a grid price', () => {
  it('is announced by a member, confirmed by another, and in force after the notice', () => {
    const { room, at } = announced();
    const { vm } = room;
    expect(vm.read('trade', 'gridPrice')).toEqual([GRID_PRICE, NEW, at, 1n, 0n, at + NOTICE, at + 2n * NOTICE]);
    expect(vm.refusal(stranger, 'trade', 'confirmGridPrice', [NEW, at])).toBe('only a member of the council');
    expect(vm.refusal(member, 'trade', 'confirmGridPrice', [NEW, at])).toBe('another member confirms');
    vm.nowS = at + NOTICE;
    expect(vm.refusal(stranger, 'trade', 'applyGridPrice', [NEW, at])).toBe('nobody has confirmed this grid price');
    vm.nowS = at + 1n;
    const { events } = vm.send(otherMember, 'trade', 'confirmGridPrice', [NEW, at]);
    expect(events).toEqual([
      { contract: 'trade', name: 'GridPriceConfirmed', args: { price: NEW, confirmedBy: 2n, announcedAt: at } },
    ]);
    vm.nowS = at + NOTICE - 1n;
    expect(vm.refusal(stranger, 'trade', 'applyGridPrice', [NEW, at])).toBe(
      `TooEarly(${at + NOTICE}, ${at + NOTICE - 1n})`,
    );
    vm.nowS += 1n;
    expect(inForce(room)).toBe(GRID_PRICE);
    vm.send(stranger, 'trade', 'applyGridPrice', [NEW, at]);
    expect(vm.read('trade', 'gridPrice')).toEqual([NEW, 0n, 0n, 0n, 0n, 0n, 0n]);
    expect(vm.read<{ gridPrice: bigint }>('trade', 'rules').gridPrice).toBe(NEW);
  });

  it('is copied into offers: those that were made before keep theirs, and the count of offers goes on', () => {
    const { room, at } = announced();
    room.vm.send(otherMember, 'trade', 'confirmGridPrice', [NEW, at]);
    const early = room.offer({ acceptUntil: FIRST_START });
    room.vm.nowS = at + NOTICE;
    room.vm.send(stranger, 'trade', 'applyGridPrice', [NEW, at]);
    expect(room.terms(early).gridPrice).toBe(GRID_PRICE);
    expect(room.vm.refusal(seller, 'trade', 'offer', room.offerArgs(seller))).toBe(
      `GridPriceDiffers(${GRID_PRICE}, ${NEW})`,
    );
    expect(room.offer({ gridPrice: NEW })).toBe(2n);
  });

  it('lapses after twice the notice, and another one can be announced then, or once it is retracted', () => {
    const { room, at } = announced();
    const { vm } = room;
    expect(vm.refusal(otherMember, 'trade', 'announceGridPrice', [NEW])).toBe('another grid price is on its way');
    vm.nowS = at + 2n * NOTICE;
    vm.send(otherMember, 'trade', 'confirmGridPrice', [NEW, at]);
    vm.nowS += 1n;
    expect(vm.refusal(stranger, 'trade', 'applyGridPrice', [NEW, at])).toBe('this grid price has lapsed');
    const again = vm.nowS;
    vm.send(otherMember, 'trade', 'announceGridPrice', [NEW + 1n]);
    expect(vm.refusal(member, 'trade', 'confirmGridPrice', [NEW, again])).toBe('this grid price is not on its way');
    expect(vm.refusal(member, 'trade', 'confirmGridPrice', [NEW + 1n, at])).toBe('this grid price is not on its way');
    expect(vm.refusal(stranger, 'trade', 'retractGridPrice', [NEW + 1n, again])).toBe('only a member of the council');
    vm.send(member, 'trade', 'retractGridPrice', [NEW + 1n, again]);
    expect(vm.refusal(member, 'trade', 'confirmGridPrice', [NEW + 1n, again])).toBe(
      'this grid price is not on its way',
    );
    vm.send(member, 'trade', 'announceGridPrice', [NEW]);
  });

  it('is not nothing, and no business of who has no seat', () => {
    const { vm } = new TradeRoom();
    for (const who of [stranger, recovery, seller]) {
      expect(vm.refusal(who, 'trade', 'announceGridPrice', [NEW])).toBe('only a member of the council');
    }
    expect(vm.refusal(member, 'trade', 'announceGridPrice', [0n])).toBe('the grid price is 0');
  });

  it('is out of the power of a frozen key', () => {
    const { room, at } = announced();
    const thiefs = stranger.address;
    const requestedAt = room.vm.nowS;
    room.vm.send(recovery, 'council', 'requestKeyChange', [otherMember.address, thiefs]);
    room.vm.send(otherMember, 'council', 'vetoKeyChange', [otherMember.address, thiefs, requestedAt]);
    expect(room.vm.refusal(otherMember, 'trade', 'confirmGridPrice', [NEW, at])).toBe('only a member of the council');
  });
});

it.each([
  ['the grid price is 0', { gridPrice: 0n }],
  ['the smallest acceptance is 0', { smallestAcceptanceMwh: 0n }],
  ['the longest span is 0', { longestSpanSeconds: 0n }],
])('rules that make no sense are refused at the start: %s', (reason, rules) => {
  expect(() => new TradeRoom(rules)).toThrow(reason);
});
