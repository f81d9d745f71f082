import { formatInstant } from '../instant.js';
import { type GetKeyChangeParameters, getKeyChange, type KeyChange } from './getKeyChange.js';
import type { ReadingClient } from './transaction.js';

/**
 * Where a change of keys stands and what it waits for, in plain language.
 * @throws WattchainError `unknownKeyChange`
 * @example
 * console.log(await explainKeyChange(client, { councilAddress, oldKey, newKey }));
 * // Key 0x5a… is to act for seat 1 in place of 0x1b…, as 0x2c… asked at 2018-07-04T12:00:10Z. 1 of the 2 votes that it needs …
 */
export async function explainKeyChange(client: ReadingClient, parameters: GetKeyChangeParameters): Promise<string> {
  return describeKeyChange(await getKeyChange(client, parameters));
}

/** The sentences of {@link explainKeyChange} for a change that was read already. */
export function describeKeyChange(change: KeyChange): string {
  const { oldKey, newKey, state, seat, requestedBy, requestedAt } = change;
  const place = seat === 0n ? 'as the recovery key' : `for seat ${seat}`;
  const asked = `as ${requestedBy} asked at ${formatInstant(requestedAt)}`;
  if (state === 'inForce') return `Key ${newKey} acts ${place} in place of ${oldKey}, ${asked}.`;
  if (state === 'ended') return `Key ${newKey} was to act ${place} in place of ${oldKey}, ${asked}: that was rejected.`;
  return `Key ${newKey} is to act ${place} in place of ${oldKey}, ${asked}. ${progress(change)}${frozen(change)}`;
}

function progress({ approvals, rejections, needed, recoveryMayDecideFrom, seat }: KeyChange): string {
  const against = rejections.length === 0 ? '' : `; against it ${seats(rejections)}`;
  const recovery =
    recoveryMayDecideFrom === undefined
      ? ''
      : ` The recovery key may approve it from ${formatInstant(recoveryMayDecideFrom)} on.`;
  // With two members one vote would be a majority of the others, and only the recovery key approves.
  if (needed === 1n && seat !== 0n) return `One member alone cannot approve it${against}.${recovery}`;
  const inFavour = approvals.length === 0 ? 'nobody yet' : seats(approvals);
  return `It needs ${needed} votes; in favour ${inFavour}${against}.${recovery}`;
}

function frozen({ isVetoed }: KeyChange): string {
  return isVetoed ? ' A veto freezes both keys until it is decided.' : '';
}

function seats(list: readonly bigint[]): string {
  return `${list.length === 1 ? 'seat' : 'seats'} ${list.join(', ')}`;
}
