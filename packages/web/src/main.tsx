import './browserLanguage.js';

import { render } from 'preact';
import { startLedger } from './api/ledger.js';
import { startLive } from './api/live.js';
import { App } from './app.js';
import { startSession } from './keys/session.js';
import { startRouter } from './router.js';
import { startActs } from './views/wallet/act.js';
import './style.css';

startRouter();
startLive();
startLedger();
startSession();
startActs();
const root = document.getElementById('app');
if (root) render(<App />, root);
