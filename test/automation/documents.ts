import { createRequire } from 'node:module';

type Documents = Readonly<Record<string, any>>;

const { documents } = createRequire(import.meta.url)('../../scripts/ssm-documents.cjs') as {
  readonly documents: (approvers?: readonly string[]) => Documents;
};

const built = new Map<string, Documents>();

/** The documents as they are deployed, scripts set in, by name. They are built once for each list of approvers. */
export const builtDocuments = (approvers: readonly string[] = []): Documents => {
  const known = built.get(approvers.join()) ?? documents(approvers);
  built.set(approvers.join(), known);
  return known;
};
