import type { DescribeTrailsRequest, DescribeTrailsResponse } from '@aws-sdk/client-cloudtrail';
import type {
  BatchGetResourceConfigRequest,
  BatchGetResourceConfigResponse,
  GetComplianceDetailsByConfigRuleRequest,
  GetComplianceDetailsByConfigRuleResponse,
  GetResourceConfigHistoryRequest,
  GetResourceConfigHistoryResponse,
  ListDiscoveredResourcesRequest,
  ListDiscoveredResourcesResponse,
  PutEvaluationsRequest,
  PutEvaluationsResponse,
  SelectResourceConfigRequest,
  SelectResourceConfigResponse,
} from '@aws-sdk/client-config-service';
import type {
  DescribeKeyRequest,
  DescribeKeyResponse,
  GetKeyPolicyRequest,
  GetKeyPolicyResponse,
  GetKeyRotationStatusRequest,
  GetKeyRotationStatusResponse,
} from '@aws-sdk/client-kms';

/**
 * An operation of AWS: takes what its request holds and a signal to give up, and gives what its response holds.
 *
 * A time in a response may be a Date or, as JSON has it, seconds since 1970, whatever its type says.
 *
 * @throws errors that bear the name by which AWS knows them
 */
export type Operation<Request, Response> = (input: Request, abortSignal: AbortSignal) => Promise<Response>;

/** What is asked of KMS. */
export type KmsCalls = {
  readonly describeKey: Operation<DescribeKeyRequest, DescribeKeyResponse>;
  readonly getKeyPolicy: Operation<GetKeyPolicyRequest, GetKeyPolicyResponse>;
  readonly getKeyRotationStatus: Operation<GetKeyRotationStatusRequest, GetKeyRotationStatusResponse>;
};

/** What is asked of CloudTrail. */
export type CloudTrailCalls = {
  readonly describeTrails: Operation<DescribeTrailsRequest, DescribeTrailsResponse>;
};

/** What is asked of AWS Config, and told it. */
export type ConfigCalls = {
  readonly batchGetResourceConfig: Operation<BatchGetResourceConfigRequest, BatchGetResourceConfigResponse>;
  readonly getComplianceDetailsByConfigRule: Operation<
    GetComplianceDetailsByConfigRuleRequest,
    GetComplianceDetailsByConfigRuleResponse
  >;
  readonly getResourceConfigHistory: Operation<
    GetResourceConfigHistoryRequest,
    GetResourceConfigHistoryResponse
  >;
  readonly listDiscoveredResources: Operation<
    ListDiscoveredResourcesRequest,
    ListDiscoveredResourcesResponse
  >;
  readonly putEvaluations: Operation<PutEvaluationsRequest, PutEvaluationsResponse>;
  readonly selectResourceConfig: Operation<SelectResourceConfigRequest, SelectResourceConfigResponse>;
};
