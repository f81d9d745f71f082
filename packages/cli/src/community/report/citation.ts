import { type ReportView, spanOf } from './view.js';

/**
 * How to cite a run, in the Citation File Format 1.2.0. Texts are written as JSON, which YAML reads.
 * @param version of Wattchain
 */
export function renderCitation({ result }: ReportView, version: string): string {
  const text = (value: string) => JSON.stringify(value);
  const { community, inputs, options } = result;
  const title = `A community's market: ${community.homes.length} homes, ${spanOf(result)}, ${options.rules.length} rules`;
  const lines = [
    'cff-version: 1.2.0',
    'message: "If you use these results, please cite them, the data that they were computed from, and the paper whose testbed the software rebuilds."',
    'type: dataset',
    `title: ${text(title)}`,
    'authors:',
    '  - name: "whoever ran it: put your name here"',
    `abstract: ${text(`Computed with Wattchain ${version}, seed ${options.seed}, agents ${options.agents}. Rules: ${options.rules.join(', ')}.`)}`,
    'identifiers:',
    ...inputs.flatMap(({ file, sha256, role }) => [
      '  - type: other',
      `    value: ${text(`sha256:${sha256}`)}`,
      `    description: ${text(`input file (${role}): ${file}`)}`,
    ]),
    'references:',
    '  - type: software',
    '    title: "Wattchain"',
    `    version: ${text(version)}`,
    '    authors:',
    '      - name: "Wattchain contributors"',
    '  - type: article',
    '    title: "Towards the decentralized revolution in energy systems using blockchain technology"',
    '    authors:',
    '      - family-names: "Cali"',
    '        given-names: "Umit"',
    '      - family-names: "Fifield"',
    '        given-names: "Austin"',
    '    journal: "International Journal of Smart Grid and Clean Energy"',
    '    year: 2019',
    '    volume: 8',
    '    issue: 3',
    '    start: 245',
    '    end: 256',
    '    doi: "10.12720/sgce.8.3.245-256"',
  ];
  return `${lines.join('\n')}\n`;
}
