import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { connect } from './client.js';

/** A port of this machine on which a listener does what is given, and its URL. */
async function listening(onConnection: (socket: import('node:net').Socket) => void) {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe('a node that is not reached', () => {
  test('takes no connection', async () => {
    const { url, close } = await listening(() => {});
    await close();
    await expect(connect(url)).rejects.toMatchObject({ code: 'nodeUnreachable', message: `no node answers at ${url}` });
  });

  test('closes the connection, as one whose places are taken', async () => {
    const { url, close } = await listening((socket) => void socket.once('data', () => socket.destroy()));
    await expect(connect(url)).rejects.toMatchObject({
      code: 'nodeUnreachable',
      message: `what listens at ${url} closes the connection without an answer`,
      hint: expect.stringContaining('places are all taken') as string,
    });
    await close();
  });
});
