// `npm start`: installs and builds, then runs the testbed in this same process, so that whoever stops npm stops the testbed.
import './setup.mjs';
import { followParent } from '../packages/cli/bin/followParent.js';

followParent();

process.argv.splice(2, 0, 'testbed');
await import('../packages/cli/bin/wattchain.js');
