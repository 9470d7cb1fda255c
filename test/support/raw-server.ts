import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine that does as it is told with each request. */
export type RawServer = {
  readonly url: URL;
  /** How many connections were opened to it. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

/** Starts a server on a free port. */
export const startRawServer = async (listener: RequestListener): Promise<RawServer> => {
  const server = createServer(listener);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    connections: () => connections,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
