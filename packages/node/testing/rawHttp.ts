/** HTTP as a stranger may speak it: any header, any body, which `fetch` does not allow. */
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

/** What to send; without a method it is a POST. */
export interface RawRequest {
  readonly url: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the certificate that an https server must show. */
  readonly ca?: string;
}

/** What came back. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The body's bytes as they came, compressed perhaps. */
  readonly bytes: Buffer;
}

/** One request on a connection of its own. An upgrade request that is granted resolves with status 101. */
export function rawHttp({
  url,
  method = 'POST',
  path = '/',
  headers = {},
  body = '',
  ca,
}: RawRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port } = new URL(url);
    // The path goes out as it is, dots and all.
    const options = { hostname, port, path, method, headers, agent: false } as const;
    const receive = (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes.toString('utf8'), bytes });
      });
    };
    const sent =
      protocol === 'https:'
        ? requestTls({ ...options, ...(ca === undefined ? {} : { ca }) }, receive)
        : requestPlain(options, receive);
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '', bytes: Buffer.alloc(0) });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
