import { createRequire } from 'node:module';

type Documents = Readonly<Record<string, any>>;

const { documents } = createRequire(import.meta.url)('../../scripts/ssm-documents.cjs') as {
  readonly documents: (approvers?: readonly string[]) => Documents;
};

/** The documents as they are deployed, scripts set in, by name. */
export const builtDocuments = (approvers: readonly string[] = []): Documents => documents(approvers);
