import type { RunProgress } from './run.js';

/** Where progress goes, and how time is told. */
export interface ProgressTarget {
  /** A line that stays. */
  readonly line: (text: string) => void;
  /** A line that the next one replaces; absent where nobody watches. */
  readonly passing?: (text: string) => void;
  /** Seconds since some moment. */
  readonly nowSeconds: () => number;
}

/** Tells of each rule what it took, and while it runs how far it is and how long all will take yet. Nothing of it goes into a file. */
export function runProgress(rules: number, periods: number, target: ProgressTarget): RunProgress {
  const began = target.nowSeconds();
  let finished = 0;
  let ruleBegan = began;
  let name = '';
  return {
    begin: (rule) => {
      ruleBegan = target.nowSeconds();
      name = rule;
      target.passing?.(`${name} …`);
    },
    done: (done) => {
      const passed = target.nowSeconds() - began;
      const part = (finished + done / Math.max(1, periods)) / Math.max(1, rules);
      const left = part > 0 ? (passed / part) * (1 - part) : 0;
      target.passing?.(
        `${name}: ${done} of ${periods} periods, rule ${finished + 1} of ${rules}, about ${duration(left)} left`,
      );
    },
    end: (rule, isResumed) => {
      finished += 1;
      const took = duration(target.nowSeconds() - ruleBegan);
      target.line(isResumed ? `${rule}: was done already` : `${rule}: ${took}`);
    },
  };
}

/** `1 min 20 s`, `3.4 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
