/** How long what ends a run may take, in ms: less than the 10 s after which vitest ends the process and says nothing. */
export const STOP_WITHIN_MS = 7_000
