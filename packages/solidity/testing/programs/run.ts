/** Random programs on both machines. */
import { type Difference, runDifferential } from '../differential.js';
import { programSubjects } from '../subjects.js';
import { randomProgram } from './program.js';

/** How random programs went. */
export interface ProgramsReport {
  readonly agreed: number;
  readonly calls: number;
  /** Programs that solc refuses, or on which its two code generators differ where ours differs from the older one. */
  readonly dropped: number;
  readonly differences: readonly { readonly program: number; readonly text: string; readonly difference: Difference }[];
}

const CALLS = 60;
const MOST_DIFFERENCES = 10;

/** Runs programs `from` … `from + programs − 1`; those that differ are reported, up to ten. */
export async function runPrograms(options: {
  readonly seed: number;
  readonly programs: number;
  readonly from: number;
  readonly onProgress?: (text: string) => void;
}): Promise<ProgramsReport> {
  const { seed, programs, from, onProgress } = options;
  const differences: { program: number; text: string; difference: Difference }[] = [];
  let [agreed, dropped, calls] = [0, 0, 0];
  for (let program = from; program < from + programs && differences.length < MOST_DIFFERENCES; program++) {
    if (program > from && (program - from) % 25 === 0) onProgress?.(`${program - from} programs, ${dropped} dropped`);
    const text = randomProgram(seed, program);
    const subjects = programSubjects({ name: `program${program}.sol`, text });
    const result = subjects && (await runDifferential({ subject: subjects.quick, seed, calls: CALLS }));
    if (subjects === undefined || result === undefined) {
      dropped += 1;
      continue;
    }
    calls += result.agreed;
    if (result.difference === undefined) {
      agreed += 1;
      continue;
    }
    // The newer code generator takes ten times as long, so it is only asked whether the two differ as well.
    const pipelines = await runDifferential({ subject: subjects.pipelines(), seed, calls: CALLS });
    if (pipelines.difference !== undefined) dropped += 1;
    else differences.push({ program, text, difference: result.difference });
  }
  return { agreed, calls, dropped, differences };
}
