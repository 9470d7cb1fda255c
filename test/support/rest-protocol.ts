import type { IncomingMessage } from 'node:http';

/** Tells whether a request speaks the REST protocol of S3: method, path and query say what it is about. */
export const isRest = (request: IncomingMessage): boolean =>
  String(request.headers.authorization).includes('/s3/aws4_request');

/** The operations on buckets by method and subresource. */
const ON_BUCKET: Readonly<Record<string, string>> = {
  'PUT ': 'CreateBucket',
  'PUT policy': 'PutBucketPolicy',
  'PUT publicAccessBlock': 'PutPublicAccessBlock',
  'PUT tagging': 'PutBucketTagging',
  'GET tagging': 'GetBucketTagging',
  'GET list-type': 'ListObjectsV2',
  'POST delete': 'DeleteObjects',
  'DELETE ': 'DeleteBucket',
};
const SUBRESOURCES = ['policy', 'publicAccessBlock', 'tagging', 'list-type', 'delete'];

/** Operation, bucket, key, prefix and text of a request. */
export const restCallIn = (
  { method = '', url = '/' }: IncomingMessage,
  text: string,
): { readonly operation: string; readonly body: object } => {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [bucket = '', ...key] = pathname.slice(1).split('/');
  const subresource = SUBRESOURCES.find((name) => searchParams.has(name)) ?? '';
  const body = { bucket, key: key.join('/'), prefix: searchParams.get('prefix') ?? '', text };
  if (bucket === '') return { operation: 'ListBuckets', body };
  if (body.key !== '') return { operation: method === 'GET' ? 'GetObject' : 'PutObject', body };
  return { operation: ON_BUCKET[`${method} ${subresource}`] ?? 'unknown', body };
};

/** A result as XML, or as it is where it is the text of an object; an error of JSON 1.1 as S3 writes it. */
export const restXml = (body: object): string => {
  if ('__type' in body && 'message' in body)
    return elements({ Error: { Code: body.__type, Message: body.message } });
  return 'text' in body ? String(body.text) : elements(body);
};

/** XML elements by their names; a list is one element for each entry. */
const elements = (value: object): string =>
  Object.entries(value)
    .flatMap(([name, inner]) => [inner].flat().map((one) => `<${name}>${contentOf(one)}</${name}>`))
    .join('');

const contentOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? elements(value) : String(value);
