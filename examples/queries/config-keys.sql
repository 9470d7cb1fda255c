SELECT accountId, awsRegion, arn, resourceId, resourceName, resourceType,
  configurationItemCaptureTime, configurationItemStatus, configuration, supplementaryConfiguration
WHERE resourceType = 'AWS::KMS::Key'
