import { useState } from 'preact/hooks';
import { getAddress } from 'viem';
import { Card, Empty } from '../../components/basics.js';
import { Copy } from '../../components/ids.js';
import { shortAddress } from '../../format.js';
import { wordsOf } from '../../keys/send.js';
import {
  account,
  accounts,
  choose,
  createAccount,
  fileOf,
  forget,
  importAccount,
  type PageAccount,
} from '../../keys/session.js';
import { DemoAccounts } from './accountBar.js';
import { Field } from './forms.js';
import { type Checked, problemOf, readPassphrase } from './inputs.js';

/** `/wallet/accounts`: the accounts of this browser, new ones, and those that people bring along. */
export function AccountsPage() {
  return (
    <>
      <Card title="Accounts in this browser" wide>
        {accounts.value.length === 0 ? (
          <Empty>None yet. Make one, or bring one along, below.</Empty>
        ) : (
          <ul class="rows">
            {accounts.value.map((each) => (
              <AccountRow key={each.address} each={each} />
            ))}
          </ul>
        )}
        <DemoAccounts />
      </Card>
      <CreateCard />
      <ImportCard />
    </>
  );
}

function AccountRow({ each }: { each: PageAccount }) {
  const [isAsked, setAsked] = useState(false);
  const isActing = account.value?.address === each.address;
  return (
    <li>
      <div class="row-main">
        <strong>{each.name}</strong>
        <span class="id">
          <span class="mono">{shortAddress(each.address)}</span>
          <Copy text={getAddress(each.address)} what={`address of ${each.name}`} />
        </span>
      </div>
      <div class="actions">
        {isActing ? (
          <span class="tag good">acting</span>
        ) : (
          <button type="button" aria-label={`Use ${each.name}`} onClick={() => choose(each.address)}>
            Use
          </button>
        )}
        {each.kind === 'stored' && (
          <>
            <button type="button" aria-label={`Export ${each.name}`} onClick={() => download(each)}>
              Export
            </button>
            <button type="button" aria-label={`Forget ${each.name}`} onClick={() => setAsked(true)}>
              Forget
            </button>
          </>
        )}
      </div>
      {isAsked && (
        <section class="confirm" aria-label={`Forget ${each.name}?`}>
          <p>
            This browser will forget the key of {each.name}. Without an exported file or its twelve words, whatever the
            account holds is lost for good.
          </p>
          <div class="actions">
            <button type="button" onClick={() => void forget(each.address)}>
              Forget it
            </button>
            <button type="button" onClick={() => setAsked(false)}>
              Keep it
            </button>
          </div>
        </section>
      )}
    </li>
  );
}

/** Saves the encrypted v3 file, named as other wallets name theirs. */
function download(each: PageAccount): void {
  const file = fileOf(each.address);
  if (file === undefined) return;
  const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `UTC--${new Date().toISOString().replaceAll(':', '-')}--${each.address.slice(2)}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

const readName = (text: string): Checked<string> =>
  text.trim() === ''
    ? { problem: 'Give the account a name, such as your street.' }
    : { value: text.trim().slice(0, 40) };

/** Name, passphrase, and the passphrase again: what every new key needs. */
function useNewKey() {
  const [name, setName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [hasTried, setTried] = useState(false);
  const passphraseProblem = problemOf(readPassphrase(passphrase));
  const againProblem = passphrase === again ? undefined : 'The two passphrases differ.';
  const nameProblem = problemOf(readName(name));
  const fields = (
    <>
      <Field label="Name" value={name} onInput={setName} problem={hasTried ? nameProblem : undefined} />
      <Field
        label="New passphrase"
        type="password"
        autocomplete="new-password"
        value={passphrase}
        onInput={setPassphrase}
        problem={hasTried ? passphraseProblem : undefined}
        help="It encrypts the key in this browser. Nobody can restore it."
      />
      <Field
        label="New passphrase, again"
        type="password"
        autocomplete="new-password"
        value={again}
        onInput={setAgain}
        problem={hasTried ? againProblem : undefined}
      />
    </>
  );
  return {
    fields,
    name: name.trim().slice(0, 40),
    passphrase,
    isRight: [nameProblem, passphraseProblem, againProblem].every((problem) => problem === undefined),
    hasTried,
    setTried,
    clear: () => {
      for (const set of [setName, setPassphrase, setAgain]) set('');
      setTried(false);
    },
  };
}

/** Runs the slow work on a key, with its state for the button and its failure in words. */
function useWork() {
  const [isWorking, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = async (act: () => Promise<void>) => {
    setWorking(true);
    setFailure(undefined);
    try {
      await act();
    } catch (error) {
      setFailure(wordsOf(error));
    } finally {
      setWorking(false);
    }
  };
  const shown = failure !== undefined && (
    <p class="failed" role="alert">
      {failure}
    </p>
  );
  return { isWorking, run, shown };
}

function CreateCard() {
  const key = useNewKey();
  const work = useWork();
  const [words, setWords] = useState<string>();
  const submit = (event: Event) => {
    event.preventDefault();
    key.setTried(true);
    if (!key.isRight) return;
    void work.run(async () => {
      setWords(await createAccount(key.name, key.passphrase));
      key.clear();
    });
  };
  if (words !== undefined) {
    return (
      <Card title="Write these twelve words down">
        <p>
          Whoever has these words has the account, and with them any wallet can restore it. They are shown once and kept
          nowhere.
        </p>
        <ol class="words" aria-label="twelve words">
          {words.split(' ').map((word, index) => (
            <li key={index}>{word}</li>
          ))}
        </ol>
        <div class="actions">
          <button type="button" class="primary" onClick={() => setWords(undefined)}>
            I have written them down
          </button>
        </div>
      </Card>
    );
  }
  return (
    <Card title="Make a new account">
      <form aria-label="Make a new account" onSubmit={submit}>
        {key.fields}
        {work.shown}
        <div class="actions">
          <button type="submit" class="primary" disabled={work.isWorking}>
            {work.isWorking ? 'Encrypting, a few seconds …' : 'Make the account'}
          </button>
        </div>
      </form>
    </Card>
  );
}

function ImportCard() {
  const key = useNewKey();
  const work = useWork();
  const [secret, setSecret] = useState('');
  const [filePassphrase, setFilePassphrase] = useState('');
  const [index, setIndex] = useState('0');
  const isFile = secret.trimStart().startsWith('{');
  const isWords = !isFile && /\S\s+\S/.test(secret.trim());
  const secretProblem = secret.trim() === '' ? 'Choose a file, or type words or digits.' : undefined;
  const indexProblem = /^\d{1,9}$/.test(index.trim()) ? undefined : 'Enter a whole number from 0.';
  const submit = (event: Event) => {
    event.preventDefault();
    key.setTried(true);
    if (!key.isRight || secretProblem !== undefined || (isWords && indexProblem !== undefined)) return;
    void work.run(async () => {
      await importAccount(key.name, { secret, index: isWords ? Number(index) : 0, filePassphrase }, key.passphrase);
      key.clear();
      setSecret('');
      setFilePassphrase('');
      setIndex('0');
    });
  };
  return (
    <Card title="Bring an account along">
      <form aria-label="Bring an account along" onSubmit={submit}>
        <div class="field">
          <label for="key-file">Key file (v3)</label>
          <input
            id="key-file"
            type="file"
            accept="application/json,.json"
            onChange={(event) => void readFile(event.currentTarget).then((text) => text && setSecret(text))}
          />
        </div>
        <Field
          label="Or its words, its private key, or the text of a key file"
          lines={3}
          mono
          value={secret}
          onInput={setSecret}
          problem={key.hasTried ? secretProblem : undefined}
          help="12 to 24 words of BIP-39, 64 hexadecimal digits, or the file's text."
        />
        {isFile && (
          <Field
            label="Passphrase of the file"
            type="password"
            autocomplete="off"
            value={filePassphrase}
            onInput={setFilePassphrase}
          />
        )}
        {isWords && (
          <Field
            label="Which account of these words"
            inputMode="numeric"
            value={index}
            onInput={setIndex}
            problem={key.hasTried ? indexProblem : undefined}
            help="0 is the first, m/44'/60'/0'/0/0."
          />
        )}
        {key.fields}
        {work.shown}
        <div class="actions">
          <button type="submit" class="primary" disabled={work.isWorking}>
            {work.isWorking ? 'Checking and encrypting, a few seconds …' : 'Import the account'}
          </button>
        </div>
      </form>
    </Card>
  );
}

/** A key file has less than a kilobyte. */
const MAX_FILE_BYTES = 20_000;

async function readFile(input: HTMLInputElement): Promise<string | undefined> {
  const file = input.files?.[0];
  return file === undefined || file.size > MAX_FILE_BYTES ? undefined : file.text();
}
