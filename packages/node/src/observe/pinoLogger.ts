import { type DestinationStream, destination as fileDestination, pino, stdTimeFunctions } from 'pino';
import type { Logger, LogLevel } from '../log.js';

/** Fields that must never reach a log, at the top of a line or one level below. */
const SECRET_FIELDS = ['token', 'privateKey', 'passphrase', 'mnemonic', 'authorization'];

/**
 * A log of JSON lines (pino), which also keeps what others wrote from forging lines. Levels: `debug` for who follows one
 * message through the code, `info` for what an operator wants to read once, `warn` for what may need a look, `error` for what does.
 *
 * @param destination standard output unless given; written at once, so that the last lines before a crash are there
 */
export function createPinoLogger(
  level: LogLevel,
  destination: DestinationStream = fileDestination({ dest: 1, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[secret]' },
    },
    destination,
  );
}
