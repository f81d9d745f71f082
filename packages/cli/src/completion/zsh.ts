import type { OptionCandidate, Place } from './candidates.js';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
/** `_describe` takes a name and its description with a colon between. */
const described = (name: string, description: string) => quoted(`${name.replaceAll(':', '\\:')}:${description}`);

/** Completion for zsh, with descriptions. */
export function renderZsh(places: readonly Place[]): string {
  const values = places.flatMap(({ words, options }) =>
    options
      .filter(({ value }) => value !== 'none')
      .map((option) => `    '${words}:${option.long}') ${offer(option)} ;;`),
  );
  const offered = places.map(
    ({ words, commands, choices, options }) => `    '${words}')
      commands=(${[...commands.map(({ name, description }) => described(name, description)), ...choices.map(quoted)].join(' ')})
      options=(${options.map(({ long, description }) => described(long, description)).join(' ')})
      ;;`,
  );
  return `#compdef wattchain
# Completion of wattchain for zsh:  eval "$(wattchain completion zsh)"
_wattchain() {
  local place='' next index
  local -a commands options
  for ((index = 2; index < CURRENT; index++)); do
    next="\${place:+$place }\${words[index]}"
    case "$next" in
      (${places
        .slice(1)
        .map((place) => `'${place.words}'`)
        .join(' | ')}) place=$next ;;
    esac
  done
  case "$place:\${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  case "$place" in
${offered.join('\n')}
  esac
  (( \${#commands} )) && _describe command commands
  _describe -o option options
}
if [ "\${funcstack[1]}" = _wattchain ]; then _wattchain "$@"; else compdef _wattchain wattchain; fi
`;
}

function offer({ value, choices }: OptionCandidate): string {
  switch (value) {
    case 'file':
      return '_files; return';
    case 'directory':
      return '_files -/; return';
    case 'choices':
      return `compadd -- ${choices.join(' ')}; return`;
    default:
      return 'return';
  }
}
