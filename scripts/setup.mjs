// Installs and builds, and does neither again while nothing changed. Needs only Node.js and npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.wattchain-setup');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node.js ${process.versions.node} is too old: Wattchain needs 20.19 or newer (https://nodejs.org).`);
  process.exit(1);
}

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (result.status !== 0) {
    console.error(`"${command} ${args.join(' ')}" did not succeed; see its messages above.`);
    process.exit(result.status ?? 1);
  }
}

/** What decides which packages are installed. */
function installFingerprint() {
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'bench/package.json'];
  for (const name of readdirSync(join(root, 'packages'))) manifests.push(join('packages', name, 'package.json'));
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of manifests.sort()) if (existsSync(join(root, file))) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

const fingerprint = installFingerprint();
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== fingerprint) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.log(`installing packages with ${packageManager} (only this once) …`);
  run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn']);
  writeFileSync(stampFile, fingerprint);
}
run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
for (const script of ['writeCommandTree.mjs', 'bundle.mjs'])
  run(process.execPath, [join(root, 'packages', 'cli', 'scripts', script)]);
const web = join(root, 'packages', 'web');
run(process.execPath, [join(web, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn', web]);
if (process.env.npm_lifecycle_event === 'setup')
  console.log(
    "Wattchain is installed and built: npm start plays the paper's day on four nodes, npx wattchain --help lists the commands.",
  );
