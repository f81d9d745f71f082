/**
 * Who may speak to the RPC server. Reading and sending signed transactions is open to programs on this machine; these rules
 * keep web pages out that a browser on it happens to show (cross-site requests, DNS rebinding).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import type { RpcConfig } from '../../config.js';

/** Which names and pages are let in beside those that always are. */
export type DoorRules = Pick<RpcConfig, 'allowedHosts' | 'allowedOrigins'>;

/** Why a request is turned away: an HTTP status and a sentence. */
export interface DoorRefusal {
  readonly status: 403 | 404 | 405 | 413 | 415;
  readonly message: string;
}

const ALWAYS_ALLOWED_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const EXTENSION_SCHEMES = ['chrome-extension://', 'moz-extension://', 'safari-web-extension://'];

/** Checks `Host` and `Origin`; `undefined` lets the request in. */
export function checkDoor(headers: IncomingHttpHeaders, rules: DoorRules): DoorRefusal | undefined {
  const host = headers.host?.toLowerCase();
  if (host === undefined || !isAllowedHost(host, rules.allowedHosts)) {
    return {
      status: 403,
      message: `host "${shorten(host)}" is not allowed: use localhost or an IP address, or add the name to rpc.allowedHosts`,
    };
  }
  const { origin } = headers;
  if (origin !== undefined && !isAllowedOrigin(origin, host, rules.allowedOrigins)) {
    return {
      status: 403,
      message: `origin "${shorten(origin)}" is not allowed: add it to rpc.allowedOrigins if you trust this page`,
    };
  }
  return undefined;
}

/**
 * Names are listed, IP literals pass: a page that rebinds its name to this machine still sends its own name, and one that
 * was served from an IP address did come from there.
 */
function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  const [, name] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/.exec(host) ?? [];
  if (name === undefined) return false;
  if (ALWAYS_ALLOWED_HOSTS.includes(name) || isIPv4(name)) return true;
  if (name.startsWith('[') && isIPv6(name.slice(1, -1))) return true;
  return allowed.some((known) => known.toLowerCase() === name);
}

/** `host` has passed its own check, so a page of that origin is this node's. */
function isAllowedOrigin(origin: string, host: string, allowed: readonly string[]): boolean {
  const lower = origin.toLowerCase();
  if (lower === `http://${host}` || lower === `https://${host}`) return true;
  if (EXTENSION_SCHEMES.some((scheme) => lower.startsWith(scheme))) return true;
  return allowed.some((known) => known.toLowerCase() === lower);
}

/** Requests carry `application/json`, which a page cannot send to another origin without asking first (CORS preflight). */
export function checkContentType(headers: IncomingHttpHeaders): DoorRefusal | undefined {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    return { status: 415, message: `content type "${shorten(type)}" is not taken: send application/json` };
  }
  const encoding = headers['content-encoding']?.toLowerCase();
  if (encoding !== undefined && encoding !== 'identity') {
    return { status: 415, message: `content encoding "${shorten(encoding)}" is not taken: send plain JSON` };
  }
  return undefined;
}

/** Whether the request shows the control token; hashes are compared, so that the time tells nothing, not even its length. */
export function isAuthorized(headers: IncomingHttpHeaders, token: string): boolean {
  const [, shown] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (shown === undefined) return false;
  return timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

function shorten(text: string | undefined): string {
  return (text ?? '').slice(0, 80);
}
