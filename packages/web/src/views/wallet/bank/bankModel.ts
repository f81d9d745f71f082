import { type BankFigures, getBankFigures, type Operator } from '@wattchain/market';
import type { Address } from 'viem';
import { client, contracts } from '../../../api/node.js';
import { tokens } from '../../../format.js';
import type { Balances } from '../accountBar.js';

export const readBank = () => getBankFigures(client, { bankAddress: contracts.bankAddress });

/** The rates that are shown, or those that still come: a person may be faster. */
export const ratesOf = async (bank: BankFigures | undefined) => bank ?? readBank();

export const mostTokens = (balances: Balances | undefined) =>
  balances && { most: { value: balances.tokens, text: `More than the ${tokens(balances.tokens)} that you have.` } };

/** The operator that an account is, unless a veto froze its power. */
export const operatorAt = (operators: readonly Operator[], address: Address | undefined): Operator | undefined =>
  operators.find(({ operator, isFrozen }) => !isFrozen && operator.toLowerCase() === address?.toLowerCase());
