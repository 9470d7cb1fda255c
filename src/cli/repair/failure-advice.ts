/** What to do about each error that a step of Trailkey's documents may meet. */
const ADVICE: Readonly<Record<string, string>> = {
  InsufficientEncryptionPolicyException:
    'Let cloudtrail.amazonaws.com use the key for this trail in the key policy, and write to the bucket with it in the bucket policy.',
  KmsKeyNotFoundException: "Name a key in the Region of the trail's S3 bucket.",
  KmsException: 'Look at the state of the key: CloudTrail cannot use it now.',
  InvalidKmsKeyIdException: 'Name the key as its ARN.',
  InvalidHomeRegionException: 'Start it in the home Region of the trail.',
  NotOrganizationMasterAccountException: 'Start it in the management account of the organization.',
  InsufficientDependencyServiceAccessPermissionException:
    'Let the role read the organization (docs/permissions.md lists what an organization trail needs), and look whether the service-linked role of CloudTrail is there.',
  TrailNotFoundException:
    'Somebody deleted the trail. Look which trails there are: aws cloudtrail list-trails',
  ConflictException: 'Somebody changes the trail at the same time. Start it again in a minute.',
  ThrottlingException: 'CloudTrail is asked too often. Start it again in a minute.',
  AccessDeniedException:
    "Look whether the role is that of Trailkey's stack. Stopping and starting the logging needs allowStopLogging.",
};

/** What to do about a step that failed with these words; undefined where its own words say it. */
export const adviceFor = (failure: string): string | undefined =>
  Object.entries(ADVICE).find(([error]) => failure.includes(error))?.[1];
