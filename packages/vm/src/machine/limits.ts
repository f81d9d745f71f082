/** Frames within each other, the first included. */
export const MAX_CALL_DEPTH = 16;
/** Logs of one transaction; receipts count them in two bytes, and a search for logs reads them all. */
export const MAX_LOGS = 4_096;
