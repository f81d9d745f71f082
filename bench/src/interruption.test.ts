import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Interruption, type SignalledProcess } from './interruption.js';

function signalled() {
  const killed: string[] = [];
  const target = Object.assign(new EventEmitter(), {
    pid: 7,
    kill: (pid: number, signal: string) => killed.push(`${pid} ${signal}`),
  });
  return { target, killed, interruption: new Interruption(target as unknown as SignalledProcess) };
}

test('a signal ends the process once everything is cleared up, and what is begun after it goes at once', async () => {
  const { target, killed, interruption } = signalled();
  const done: string[] = [];
  let finish = () => {};
  interruption.add(async () => {
    done.push('told');
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    done.push('ended');
  });
  interruption.add(() => {
    throw new TypeError('it is gone already');
  });
  target.emit('SIGTERM', 'SIGTERM');
  await new Promise(setImmediate);
  expect([done, killed]).toEqual([['told'], []]);
  // Nobody listens any more: the next one ends it.
  expect(target.eventNames()).toEqual([]);
  interruption.add(() => {
    done.push('late');
  });
  expect(done).toEqual(['told', 'late']);
  finish();
  await new Promise(setImmediate);
  expect([done, killed]).toEqual([['told', 'late', 'ended'], ['7 SIGTERM']]);
});

test('what was taken back by itself is left alone, and without anything the process is as it was', () => {
  const { target, interruption } = signalled();
  let calls = 0;
  const [first, second] = [1, 2].map(() => interruption.add(() => void calls++));
  expect(target.listenerCount('SIGINT')).toBe(1);
  first?.();
  expect(target.listenerCount('SIGINT')).toBe(1);
  target.emit('exit', 0);
  expect(calls).toBe(1);
  second?.();
  second?.();
  expect(target.eventNames()).toEqual([]);
});
