/** What a function reaches. */
import type { FunctionDefinition, ModifierDefinition } from 'solidity-ast';
import type { Unit } from './routine.js';

/** Whether a function, or one that it calls, looks at `msg`. */
export function asksWhoCalls(unit: Unit, definition: FunctionDefinition): boolean {
  const seen = new Set<number>();
  const pending: (FunctionDefinition | ModifierDefinition)[] = [definition];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next.id)) continue;
    seen.add(next.id);
    const found = mentions(unit, next);
    if (found.asks) return true;
    pending.push(...found.reaches);
  }
  return false;
}

function mentions(unit: Unit, root: unknown) {
  const reaches: (FunctionDefinition | ModifierDefinition)[] = [];
  let asks = false;
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { nodeType, name, referencedDeclaration: id } = node as Record<string, unknown>;
    if (nodeType === 'Identifier' && name === 'msg') asks = true;
    const target = typeof id === 'number' ? unit.declarations.find(id) : undefined;
    if (target?.nodeType === 'FunctionDefinition' || target?.nodeType === 'ModifierDefinition') {
      // Every implementation of the name: super may reach them all.
      for (const contract of unit.linearized) {
        const same = contract.nodes.filter((other) => 'name' in other && other.name === target.name);
        reaches.push(...(same as (FunctionDefinition | ModifierDefinition)[]).filter(isRoutine));
      }
      reaches.push(target);
    }
    for (const value of Object.values(node)) walk(value);
  };
  walk(root);
  return { asks, reaches };
}

function isRoutine({ nodeType }: { nodeType: string }): boolean {
  return nodeType === 'FunctionDefinition' || nodeType === 'ModifierDefinition';
}
