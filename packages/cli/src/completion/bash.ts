import type { OptionCandidate, Place } from './candidates.js';

/** Completion for bash: a function that finds the command among the words before the cursor, and offers what fits there. */
export function renderBash(places: readonly Place[]): string {
  const values = places.flatMap(({ words, options }) =>
    options
      .filter(({ value }) => value !== 'none')
      .map((option) => `    '${words}:${option.long}') ${offer(option)} ;;`),
  );
  const words = places.map(({ words, commands, choices, options }) => {
    const offered = [...commands.map(({ name }) => name), ...choices, ...options.map(({ long }) => long)];
    return `    '${words}') offered='${offered.join(' ')}' ;;`;
  });
  return `# Completion of wattchain for bash:  eval "$(wattchain completion bash)"
_wattchain() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} place='' offered='' next index
  for ((index = 1; index < COMP_CWORD; index++)); do
    next="\${place:+$place }\${COMP_WORDS[index]}"
    case "$next" in
      ${places
        .slice(1)
        .map((place) => `'${place.words}'`)
        .join(' | ')}) place=$next ;;
    esac
  done
  COMPREPLY=()
  case "$place:$previous" in
${values.join('\n')}
  esac
  case "$place" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -F _wattchain wattchain
`;
}

function offer({ value, choices }: OptionCandidate): string {
  switch (value) {
    case 'file':
      return 'compopt -o default; return';
    case 'directory':
      return 'compopt -o dirnames; return';
    case 'choices':
      return `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current")); return`;
    default:
      return 'return';
  }
}
