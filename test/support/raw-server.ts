import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ROOT, textAt } from './project.js';

/** A server on this machine that does as it is told with each request. */
export type RawServer = {
  readonly url: URL;
  /** How many connections were opened to it. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

/** The certificate of a server that speaks TLS, for those who are to trust it. */
export const CERTIFICATE = `${ROOT}test/fixtures/tls/certificate.pem`;

/** Starts a server on a free port. */
export const startRawServer = async (
  listener: RequestListener,
  { tls = false }: { readonly tls?: boolean } = {},
): Promise<RawServer> => {
  const server = tls ? createTlsServer(tlsOptions(), listener) : createServer(listener);
  // Clients reuse connections that were idle for longer than the default of Node.js.
  server.keepAliveTimeout = 0;
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`),
    connections: () => connections,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};

const tlsOptions = () => ({
  cert: textAt('test/fixtures/tls/certificate.pem'),
  key: textAt('test/fixtures/tls/key.pem'),
});
