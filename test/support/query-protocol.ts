import type { IncomingMessage } from 'node:http';

/** Tells whether a request speaks the Query protocol: a form comes in, XML goes out. Of the services played here STS alone does. */
export const isQuery = (request: IncomingMessage): boolean =>
  String(request.headers['content-type']).startsWith('application/x-www-form-urlencoded');

/** Operation and members of a form. */
export const queryCallIn = (form: string): { readonly operation: string; readonly body: object } => {
  const { Action: operation = '', Version: _, ...body } = Object.fromEntries(new URLSearchParams(form));
  return { operation, body };
};

/** A result as the Query protocol wraps it. */
export const queryResult = (operation: string, result: object): object => ({
  [`${operation}Response`]: { [`${operation}Result`]: result, ResponseMetadata: { RequestId: 'request' } },
});

/** An error of JSON 1.1 as the Query protocol writes it, and a result as it is. */
export const queryXml = (body: object): string =>
  '__type' in body && 'message' in body
    ? elements({ ErrorResponse: { Error: { Type: 'Sender', Code: body.__type, Message: body.message } } })
    : elements(body);

const elements = (value: object): string =>
  Object.entries(value)
    .map(([name, inner]) => {
      const content = typeof inner === 'object' && inner !== null ? elements(inner) : escaped(String(inner));
      return `<${name}>${content}</${name}>`;
    })
    .join('');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
