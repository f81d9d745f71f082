/** The minus of typesetting, U+2212, which spreadsheets, reports and ISO 8601 prefer, as the one of keyboards. */
export const withPlainMinus = (text: string): string => text.replaceAll('\u2212', '-');
