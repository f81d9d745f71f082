import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { Logger } from '../base/log.js';
import type { LogConfig } from '../config.js';
import { logOutput } from './logOutput.js';
import { createTextDestination } from './textLog.js';

/** Fields that must never reach a log, at the top of a line or one level below. */
const SECRET_FIELDS = ['token', 'privateKey', 'passphrase', 'mnemonic', 'authorization'];

/**
 * A log of JSON lines or of text for people (pino), which also keeps what others wrote from forging lines. Levels: `debug` for
 * who follows one message through the code, `info` for what an operator wants to read once, `warn` for what may need a look,
 * `error` for what does.
 *
 * @param destination standard output unless given
 */
export function createPinoLogger({ level, format }: LogConfig, destination: DestinationStream = logOutput(1)): Logger {
  const asText = format === 'text' || (format === 'auto' && process.stdout.isTTY);
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[secret]' },
    },
    asText ? createTextDestination(destination) : destination,
  );
}
