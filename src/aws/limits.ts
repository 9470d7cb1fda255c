/** So often a call is tried, with pauses that grow. */
export const MAX_ATTEMPTS = 3;

/** One attempt may take so long. */
export const ATTEMPT_MS = 5000;

/** So much of it for the connection. */
export const CONNECT_MS = 2000;

/** So many connections to one endpoint are open at once; further calls wait. */
export const MAX_CONNECTIONS = 50;
