/** Requests and answers as bytes: what the server reads of the one and writes of the other. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BODY_TIMEOUT_MS, MAX_BODY_BYTES, MAX_DISCARDED_BYTES } from '../limits.js';
import { type Answer, lengthOf } from '../protocol/dispatcher.js';
import { RPC_CODES } from '../protocol/rpcError.js';
import type { OpenConnection } from './connections.js';
import type { DoorRefusal } from './doors.js';

/** Lets the page of an allowed origin read the answer. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Vary', 'Origin');
}

/** Answers a browser that asks whether a page may send. */
export function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'POST, OPTIONS',
    'Access-Control-Allow-Headers': 'content-type, authorization',
    'Access-Control-Max-Age': '600',
  });
  response.end();
}

/** Turns a request away. What is left of its body is not read, so the connection cannot be used again. */
export function refuse(response: ServerResponse, { status, message }: DoorRefusal): void {
  response.setHeader('Connection', 'close');
  sendJson(response, status, errorBody(message));
}

/** A JSON-RPC error for a request that was not even read. */
export function errorBody(message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: RPC_CODES.rpcInvalidRequest, message } });
}

/** Answers with JSON, a text or the parts of an answer. */
export function sendJson(response: ServerResponse, status: number, body: string | Answer): void {
  send(response, status, 'application/json', body);
}

/** Answers with a text of a type. */
export function send(response: ServerResponse, status: number, contentType: string, body: string | Answer): void {
  const parts = typeof body === 'string' ? [Buffer.from(body)] : body;
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': lengthOf(parts),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    response.end(only);
    return;
  }
  // In one go to the system, however many parts there are.
  response.cork();
  for (const part of parts) response.write(part);
  response.end();
}

/**
 * The body's text; `gone` when the client left while it sent. Of a body that is too large some more is read and thrown away,
 * because most clients read the answer only after they have sent everything.
 */
export async function readBody(
  request: IncomingMessage,
  connection: OpenConnection,
): Promise<{ readonly text: string } | 'tooLarge' | 'gone'> {
  connection.expect(BODY_TIMEOUT_MS);
  if (Number(request.headers['content-length'] ?? 0) > MAX_DISCARDED_BYTES) return 'tooLarge';
  const chunks: Buffer[] = [];
  let length = 0;
  // By its events: an iterator over a stream costs more than a short body.
  const end = await new Promise<'read' | 'tooLarge' | 'gone'>((resolve) => {
    const finish = (how: 'read' | 'tooLarge' | 'gone') => () => resolve(how);
    request.on('end', finish('read')).on('error', finish('gone')).on('close', finish('gone'));
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_DISCARDED_BYTES) {
        // Left open, since the refusal still goes over this connection.
        request.pause();
        resolve('tooLarge');
      }
      if (length > MAX_BODY_BYTES) chunks.length = 0;
      else {
        chunks.push(chunk);
        connection.hold(chunk.length);
      }
    });
  });
  connection.work();
  if (end !== 'read') return end;
  return length > MAX_BODY_BYTES ? 'tooLarge' : { text: Buffer.concat(chunks).toString('utf8') };
}

/** Waits until the client has read the answer, or is gone; it has a limited time for it. */
export async function untilRead(response: ServerResponse, connection: OpenConnection): Promise<void> {
  if (!response.destroyed) {
    connection.expectReading(connection.socket.writableLength);
    connection.touch();
    await new Promise<void>((resolve) => response.once('close', () => resolve()));
  }
  connection.hasRead();
}
