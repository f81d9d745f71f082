/** Frames within each other, the first included. */
export const MAX_CALL_DEPTH = 16;
/** Logs of one transaction; receipts count them in two bytes, and a search for logs reads them all. */
export const MAX_LOGS = 4_096;
/** Words on the stack of a frame, those of its subroutines that wait included. */
export const MAX_FRAME_WORDS = 1_024;
/** Subroutines within each other in one frame. */
export const MAX_SUBROUTINE_DEPTH = 256;
/** Words of memory of one transaction, all frames together, those that have ended included: 2 MiB. */
export const MAX_MEMORY_WORDS = 65_536;
/** Words behind the selector of a failure: receipts count the bytes of its data in two bytes. */
export const MAX_FAILURE_WORDS = 1_024;
