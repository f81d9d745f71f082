import type { DayProfile } from '../profile/dayProfile.js';
import { PAPER_PERIOD_SECONDS, paperPeriodStart } from './day.js';
import { type HourReading, PAPER_READINGS } from './readings.js';

/** The paper's 4 July as a community's day: what the meters of nodes 1, 2 and 3 count. The paper names no year. */
export const PAPER_PROFILE: DayProfile = {
  date: undefined,
  periodSeconds: PAPER_PERIOD_SECONDS,
  periods: PAPER_READINGS.node1.map(({ hour }) => ({
    start: paperPeriodStart(hour),
    label: `${String(hour).padStart(2, '0')}:00`,
  })),
  homes: [
    homeOf('node 1', PAPER_READINGS.node1),
    homeOf('node 2', PAPER_READINGS.node2),
    homeOf('node 3', PAPER_READINGS.node3),
  ],
};

function homeOf(name: string, readings: readonly HourReading[]) {
  return {
    name,
    producedMwh: readings.map(({ producedMwh }) => producedMwh),
    consumedMwh: readings.map(({ consumedMwh }) => consumedMwh),
  };
}
