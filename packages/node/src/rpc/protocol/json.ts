import { RpcError } from './rpcError.js';

/**
 * The value of JSON text whose arrays and objects nest at most `maxDepth` deep, which is counted before anything is built.
 * Keys such as `__proto__` become plain own properties, and nothing here or later copies by assignment, so they are harmless.
 * Throws −32700.
 */
export function parseJson(text: string, maxDepth: number): unknown {
  if (nestingDepth(text) > maxDepth) {
    throw new RpcError('rpcParse', `the request nests more than ${maxDepth} arrays and objects`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : String(cause);
    throw new RpcError('rpcParse', `the request is not JSON: ${reason.slice(0, 160)}`);
  }
}

/** How deep brackets nest outside of strings; for text that is not JSON some number, which its parser will refuse anyway. */
function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') {
      inString = true;
    } else if (char === '[' || char === '{') {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (char === ']' || char === '}') {
      depth--;
    }
  }
  return deepest;
}
