import type { OptionCandidate, Place } from './candidates.js';

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const at = (words: string) => quoted(`__wattchain_at "${words === '' ? '' : ` ${words}`}"`);

/** Completion for fish, with descriptions. */
export function renderFish(places: readonly Place[]): string {
  const lines = places.flatMap(({ words, commands, choices, options }) => [
    ...commands.map(
      ({ name, description }) => `complete -c wattchain -n ${at(words)} -a ${name} -d ${quoted(description)}`,
    ),
    ...choices.map((choice) => `complete -c wattchain -n ${at(words)} -a ${choice}`),
    ...options.map(
      (option) =>
        `complete -c wattchain -n ${at(words)} -l ${option.long.slice(2)}${offer(option)} -d ${quoted(option.description)}`,
    ),
  ]);
  return `# Completion of wattchain for fish:  wattchain completion fish | source
function __wattchain_at
    set -l place
    for word in (commandline -opc)[2..-1]
        switch "$place $word"
            case ${places
              .slice(1)
              .map(({ words }) => `' ${words}'`)
              .join(' ')}
                set place "$place $word"
        end
    end
    test "$place" = "$argv[1]"
end
complete -c wattchain -f
${lines.join('\n')}
`;
}

function offer({ value, choices }: OptionCandidate): string {
  switch (value) {
    case 'none':
      return '';
    case 'file':
      return ' -rF';
    case 'directory':
      return " -xa '(__fish_complete_directories)'";
    case 'choices':
      return ` -xa '${choices.join(' ')}'`;
    default:
      return ' -x';
  }
}
