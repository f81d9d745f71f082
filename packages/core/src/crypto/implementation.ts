let nobleAlone = false;

/**
 * Whether to hash and to recover signers with the noble libraries alone instead of this folder's faster code; all answers are the same. For
 * an operator who trusts code that was audited more than speed, and for comparing.
 */
export function useNobleAlone(isAlone: boolean): void {
  nobleAlone = isAlone;
}

export function isNobleAlone(): boolean {
  return nobleAlone;
}
