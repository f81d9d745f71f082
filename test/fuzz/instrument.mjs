/**
 * Counts branches: puts a counter into every function, branch, loop and alternative of our own modules.
 * Counts of one input at a time, the same on every version of Node.js; V8's own coverage would have to be taken in batches.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';

const root = fileURLToPath(new URL('../..', import.meta.url));
const OWN_MODULE = /[\\/]packages[\\/]\w+[\\/]src[\\/].*\.ts$/;
/** Counters of all modules; a bundle with more would be told by the first write beyond. */
const MAX_COUNTERS = 2 ** 17;

/** Stands before everything else of a bundle, so that every module finds its counters. */
export const BANNER = `globalThis.fuzzCounters = { counts: new Uint8ClampedArray(${MAX_COUNTERS}), modules: [] };
globalThis.fuzzCounted = (name, count) => {
  const { counts, modules } = globalThis.fuzzCounters;
  const from = modules.at(-1)?.to ?? 0;
  if (from + count > counts.length) throw new RangeError('there are more counters than room for them');
  modules.push({ name, from, to: from + count });
  return counts.subarray(from, from + count);
};`;

/**
 * The code with its counters. `name` is what its module is called.
 *
 * @param {string} code TypeScript or JavaScript
 * @param {string} name
 * @returns {string}
 */
export function instrument(code, name) {
  /** @type {{ at: number, text: string }[]} */
  const insertions = [];
  let count = 0;
  const hit = () => `fuzzHit[${count++}]++`;
  const put = (/** @type {number} */ at, /** @type {string} */ text) => insertions.push({ at, text });

  /** A statement that runs or not: `{` counter … `}`. */
  const statement = (/** @type {Node} */ node) => {
    if (node.type === 'BlockStatement') put(node.start + 1, `${hit()};`);
    else put(node.start, `{${hit()};`);
    visit(node);
    if (node.type !== 'BlockStatement') put(node.end, '}');
  };
  /** An expression that is computed or not: `(` counter, … `)`. */
  const expression = (/** @type {Node} */ node) => {
    put(node.start, `(${hit()}, `);
    visit(node);
    put(node.end, ')');
  };
  const members = (/** @type {Node} */ node, /** @type {readonly string[]} */ counted) => {
    for (const [key, value] of Object.entries(node)) {
      if (counted.includes(key) || typeof value !== 'object' || value === null) continue;
      for (const member of Array.isArray(value) ? value : [value]) {
        if (typeof member?.type === 'string') visit(member);
      }
    }
  };

  /** Members are visited in the order of the text, which is the order in which insertions at one place stand. */
  const visit = (/** @type {Node} */ node) => {
    switch (node.type) {
      case 'IfStatement':
        visit(node.test);
        statement(node.consequent);
        if (node.alternate) statement(node.alternate);
        else put(node.end, ` else { ${hit()}; }`);
        return;
      case 'ConditionalExpression':
        visit(node.test);
        expression(node.consequent);
        expression(node.alternate);
        return;
      case 'LogicalExpression':
        visit(node.left);
        expression(node.right);
        return;
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'WhileStatement':
        members(node, ['body']);
        statement(node.body);
        return;
      case 'DoWhileStatement':
        statement(node.body);
        visit(node.test);
        return;
      case 'SwitchCase':
        if (node.test) visit(node.test);
        if (node.consequent.length > 0) put(node.consequent[0].start, `${hit()};`);
        for (const inner of node.consequent) visit(inner);
        return;
      case 'CatchClause':
        if (node.param) visit(node.param);
        statement(node.body);
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        members(node, ['body']);
        if (!node.body) return;
        if (node.body.type === 'BlockStatement' || node.body.type === 'FunctionBody') {
          put(node.body.start + 1, `${hit()};`);
          visit(node.body);
        } else expression(node.body);
        return;
      default:
        members(node, []);
    }
  };
  visit(/** @type {Node} */ (/** @type {unknown} */ (parseAst(code, { lang: 'ts' }))));
  if (count === 0) return code;

  let result = `const fuzzHit = globalThis.fuzzCounted(${JSON.stringify(name)}, ${count});`;
  let from = 0;
  // The sort is stable: what was put first at a place stands first.
  for (const { at, text } of insertions.sort((a, b) => a.at - b.at)) {
    result += code.slice(from, at) + text;
    from = at;
  }
  return result + code.slice(from);
}

/** @typedef {Record<string, any> & { type: string, start: number, end: number }} Node */

/** Puts the counters into our own modules while they are bundled. */
export const countBranches = {
  name: 'countBranches',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    return OWN_MODULE.test(id) ? { code: instrument(code, relative(root, id)), map: null } : null;
  },
};
