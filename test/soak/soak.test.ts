import { describe, expect, test } from 'vitest';
import { plotSoak } from './plot.js';
import { readMetrics, toCsv } from './samples.js';
import { judge, type Sample, slopeOf } from './verdict.js';

const MB = 1_048_576;

/** An hour of a node that has a leak or not, a sample every five seconds; its heap goes up and down by 20 MB. */
function hour(change: (sample: Sample) => Partial<Sample> = () => ({}), node = 0): Sample[] {
  return Array.from({ length: 720 }, (_, i) => {
    const sample: Sample = {
      seconds: 5 * i,
      node,
      rssBytes: (150 + ((i * 37) % 11)) * MB,
      // Still filling in the first ten minutes.
      heapBytes: (40 + Math.min(30, i / 4) + ((i * 13) % 20) + ((i * 7919) % 97) / 30) * MB,
      handles: 60 + (i % 3),
      lagMs: 20 + (i % 5),
      storeBytes: (5 + i / 10) * MB,
      height: Math.floor(i / 2),
    };
    return { ...sample, ...change(sample) };
  });
}

const rules = { blockIntervalMs: 10_000, lasting: [0] };
const broken = (samples: readonly Sample[]) =>
  judge(samples, rules)
    .filter(({ holds }) => !holds)
    .map(({ what }) => what);

describe('the rise of a line', () => {
  test('is that of most pairs of points, and a few points far off change nothing', () => {
    const points = Array.from({ length: 40 }, (_, i) => [i, 3 * i + ((i * 7) % 5) / 10] as const);
    const slope = slopeOf([...points, [41, 5_000], [42, -5_000]]);
    expect(slope.median).toBeCloseTo(3, 1);
    expect(slope.least).toBeGreaterThan(2.9);
    expect(slope.most).toBeLessThan(3.1);
  });

  test('is anything where there are too few points', () => {
    expect(
      slopeOf([
        [0, 1],
        [1, 9],
      ]),
    ).toMatchObject({ least: Number.NEGATIVE_INFINITY });
  });
});

describe('the verdict of an hour', () => {
  test('all is well with a heap that breathes, although it filled at first', () => {
    expect(broken(hour())).toEqual([]);
  });

  test.each<[string, (sample: Sample) => Partial<Sample>, string[]]>([
    [
      'a leak of 4 MB an hour',
      ({ heapBytes, seconds }) => ({ heapBytes: heapBytes + (4 * MB * seconds) / 3_600 }),
      ['heap, MB an hour'],
    ],
    [
      'a leak outside of the heap',
      ({ rssBytes, seconds }) => ({ rssBytes: rssBytes + (20 * MB * seconds) / 3_600 }),
      ['RSS, MB an hour'],
    ],
    [
      'a socket lost every five minutes',
      ({ handles, seconds }) => ({ handles: handles + Math.floor(seconds / 300) }),
      ['handles, more an hour'],
    ],
    ['a loop that is often late', () => ({ lagMs: 350 }), ['usual event-loop lag (p99), ms']],
    [
      'one moment of much memory',
      ({ seconds }) => (seconds === 3_000 ? { rssBytes: 900 * MB } : {}),
      ['largest RSS, MB'],
    ],
    [
      'no more blocks after half of the time',
      ({ height }) => ({ height: Math.min(height, 180) }),
      ['mean block interval, times the aim'],
    ],
    ['a storm of blocks', ({ height }) => ({ height: 5 * height }), ['mean block interval, times the aim']],
  ])('tells of %s', (_, change, expected) => {
    expect(broken(hour(change))).toEqual(expected);
  });

  test('a node that is started again and again is not judged', () => {
    const leaking = hour(({ heapBytes, seconds }) => ({ heapBytes: heapBytes + seconds * MB }), 3);
    expect(broken([...hour(), ...leaking])).toEqual([]);
  });
});

test('a sample is read from the metrics of a node', () => {
  const text = [
    '# HELP wattchain_head_height Height.',
    'wattchain_head_height 42',
    'wattchain_process_resident_memory_bytes 1000',
    'wattchain_process_heap_used_bytes 500',
    'wattchain_event_loop_lag_seconds{quantile="p50"} 0.001',
    'wattchain_event_loop_lag_seconds{quantile="p99"} 0.025',
    'wattchain_store_bytes 7000',
  ].join('\n');
  expect(readMetrics(text)).toEqual({ height: 42, rssBytes: 1000, heapBytes: 500, lagMs: 25, storeBytes: 7000 });
});

test('samples become a table and a picture', () => {
  const samples = [...hour(), ...hour(undefined, 1)];
  const [header, first] = toCsv(samples).split('\n');
  expect(header).toBe('seconds,node,rss_bytes,heap_bytes,handles,lag_ms,store_bytes,height');
  expect(first).toMatch(/^0,0,157286400,/);
  const svg = plotSoak(samples, 10_000);
  expect(svg.match(/<polyline/g)?.length).toBe(12);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
