import {
  DescribeDocumentCommand,
  GetDocumentCommand,
  paginateListDocumentVersions,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { isJsonObject, parseJson } from '../core/json-value.js';
import type { Deployment } from '../ports.js';
import type { Reader } from './reader.js';
import { readPages, required, unlessMissing } from './requests.js';

/** Returns the documents of Systems Manager. */
export const documentsIn = ({
  region,
  clients,
  read,
}: Reader): Pick<Deployment, 'document' | 'documentContent' | 'documentVersions'> => {
  const client = clients(SSMClient, 'ssm')(region);
  return {
    /** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocument.html */
    document: (Name) =>
      read('ssm:DescribeDocument', (options) =>
        unlessMissing(MISSING, async () => {
          const { Document } = await client.send(new DescribeDocumentCommand({ Name }), options);
          const document = required(Document, 'Document');
          return {
            status: document.Status,
            reason: document.StatusInformation,
            defaultVersion: document.DefaultVersion,
            latestVersion: document.LatestVersion,
          };
        }),
      ),
    /** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetDocument.html */
    documentContent: (Name, DocumentVersion) =>
      read('ssm:GetDocument', (options) =>
        unlessMissing(MISSING, async () => {
          const command = new GetDocumentCommand({ Name, DocumentVersion, DocumentFormat: 'JSON' });
          const content = parseJson(required((await client.send(command, options)).Content, 'Content'));
          if (isJsonObject(content)) return content;
          throw new Error('the content of the document is not a JSON object');
        }),
      ),
    documentVersions: (Name) =>
      read('ssm:ListDocumentVersions', async (options) => {
        const versions = await unlessMissing(MISSING, () =>
          readPages(paginateListDocumentVersions({ client }, { Name }, options), 'DocumentVersions'),
        );
        return (versions ?? []).map(({ DocumentVersion = '', IsDefaultVersion = false }) => ({
          version: DocumentVersion,
          isDefault: IsDefaultVersion,
        }));
      }),
  };
};

const MISSING = ['InvalidDocument', 'InvalidDocumentVersion'];
