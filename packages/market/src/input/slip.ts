/** What is wrong with something that a person or a file gives, in words; who asked says where it stands. */
export interface Slip {
  /** What is wrong, with the value. */
  readonly what: string;
  /** What to do. */
  readonly hint: string;
}

/** Most of a foreign text that a sentence repeats. */
const SHOWN_CHARACTERS = 80;

/** A foreign text as a sentence repeats it. */
export const shown = (text: string): string => `"${text.slice(0, SHOWN_CHARACTERS)}"`;
