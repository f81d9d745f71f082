import {
  addCover,
  deposit,
  doubtsOfLimit,
  formatTokens,
  getBankFigures,
  parseCoins,
  parseTokens,
  setLimit,
  shareSurplus,
  withdraw,
} from '@wattchain/market';
import type { Command } from 'commander';
import { formatCoins } from '../output.js';
import { resolveAddress } from './coins.js';
import { type DoubtOptions, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatWho } from './labels.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { reportTransaction } from './transaction.js';

/** `wattchain bank limit`, `deposit`, `withdraw`, `add-cover` and `share-surplus`: what operators decide, and the bank's coins. */
export function addBankOperatorCommands(group: Command): void {
  addLimit(group);
  addCoins(group, 'deposit', {
    description: 'add coins to your own deposit, which covers what you attest; operators only',
    sign: (signer, call) => deposit(signer, call),
    told: (coins) => `deposit ${coins}`,
    example: 'wattchain bank deposit --from testbed:operator-1 --coins 50',
  });
  addCoins(group, 'withdraw', {
    description: 'take coins out of your own deposit; operators only',
    sign: (signer, { bankAddress, valueWei }) => withdraw(signer, { bankAddress, amountWei: valueWei }),
    told: (coins) => `withdraw ${coins}`,
    example: 'wattchain bank withdraw --from testbed:operator-1 --coins 50',
  });
  addCoins(group, 'add-cover', {
    description: 'give coins to the reserve, for no tokens: cover that a higher redeem rate needs; anyone may',
    sign: (signer, call) => addCover(signer, call),
    told: (coins) => `give ${coins} to the reserve`,
    example: 'wattchain bank add-cover --from testbed:operator-1 --coins 50',
  });
  addShareSurplus(group);
}

function addLimit(group: Command): void {
  addEnergyCommand<SendingOptions & DoubtOptions & { readonly operator: string; readonly tokens: string }>(
    group,
    'limit',
    'set how many tokens another operator may attest in all; operators only',
    (command) =>
      withDoubts(withSending(command))
        .requiredOption('--operator <who>', 'another operator: an address, a key name, or testbed:operator-2')
        .requiredOption('--tokens <n>', 'tokens (150 Wh each), those attested already included'),
    async (output, options) => {
      const limit = parseTokens(options.tokens);
      const operator = resolveAddress(options.operator, options.keys);
      const { connection, signer } = await connectSigner(options);
      await settleDoubts(output, options, doubtsOfLimit(limit));
      const hash = await setLimit(signer, { bankAddress: connection.contracts().bankAddress, operator, limit });
      const what = `${formatWho(connection, operator)} may attest ${formatTokens(limit)} ENT in all`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}

/** A command that moves coins between the sender and the bank. */
interface CoinsCommand {
  readonly description: string;
  readonly sign: typeof deposit;
  readonly told: (coins: string) => string;
  readonly example: string;
}

function addCoins(group: Command, name: string, { description, sign, told, example }: CoinsCommand): void {
  addEnergyCommand<SendingOptions & { readonly coins: string }>(
    group,
    name,
    description,
    (command) => withExample(withSending(command).requiredOption('--coins <n>', 'coins, up to 18 decimals'), example),
    async (output, options) => {
      const valueWei = parseCoins(options.coins);
      const { connection, signer } = await connectSigner(options);
      const hash = await sign(signer, { bankAddress: connection.contracts().bankAddress, valueWei });
      await reportTransaction(output, connection, options, hash, told(formatCoins(valueWei)));
    },
  );
}

function addShareSurplus(group: Command): void {
  addEnergyCommand<SendingOptions>(
    group,
    'share-surplus',
    'split what the reserve has beyond the cover of all tokens over the deposits of all operators; operators only',
    withSending,
    async (output, options) => {
      const { connection, signer } = await connectSigner(options);
      const { bankAddress } = connection.contracts();
      const { coinSurplusWei } = await getBankFigures(connection.client, { bankAddress });
      const hash = await shareSurplus(signer, { bankAddress });
      const what = `share ${formatCoins(coinSurplusWei)} among the operators' deposits`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}
