WITH items AS (
  SELECT item.resourcetype, item.awsaccountid, item.awsregion, item.resourcename, item.arn, item.configuration,
    row_number() OVER (
      PARTITION BY item.resourcetype, item.awsaccountid, item.awsregion, item.resourceid
      ORDER BY item.configurationitemcapturetime DESC
    ) AS age
  FROM config_snapshots
  CROSS JOIN UNNEST(configurationitems) AS t (item)
  WHERE day = '2026/1/5'
    AND item.resourcetype IN ('AWS::CloudTrail::Trail', 'AWS::KMS::Key')
    AND item.configurationitemstatus IN ('OK', 'ResourceDiscovered')
),
trails AS (
  SELECT awsaccountid, awsregion, resourcename,
    coalesce(json_extract_scalar(configuration, '$.trailARN'), json_extract_scalar(configuration, '$.trailarn')) AS trail_arn,
    coalesce(json_extract_scalar(configuration, '$.homeRegion'), json_extract_scalar(configuration, '$.homeregion')) AS home,
    coalesce(json_extract_scalar(configuration, '$.kmsKeyId'), json_extract_scalar(configuration, '$.kmskeyid')) AS key_arn
  FROM items
  WHERE age = 1 AND resourcetype = 'AWS::CloudTrail::Trail'
),
keys AS (
  SELECT json_extract_scalar(configuration, '$.arn') AS key_arn,
    coalesce(json_extract_scalar(configuration, '$.keyState'), json_extract_scalar(configuration, '$.keystate')) AS state,
    coalesce(json_extract_scalar(configuration, '$.keyManager'), json_extract_scalar(configuration, '$.keymanager')) AS manager
  FROM items
  WHERE age = 1 AND resourcetype = 'AWS::KMS::Key'
)
SELECT trails.awsaccountid, trails.awsregion, trails.resourcename, trails.key_arn, keys.state,
  CASE
    WHEN coalesce(trim(trails.key_arn), '') = '' THEN 'NO_KMS_KEY'
    WHEN keys.state IS NULL OR keys.manager IS NULL THEN 'KEY_UNVERIFIABLE'
    WHEN keys.manager <> 'CUSTOMER' THEN 'KEY_NOT_CUSTOMER_MANAGED'
    WHEN keys.state IN ('PendingDeletion', 'PendingReplicaDeletion') THEN 'KEY_PENDING_DELETION'
    WHEN keys.state = 'Disabled' THEN 'KEY_DISABLED'
    WHEN keys.state = 'PendingImport' THEN 'KEY_PENDING_IMPORT'
    WHEN keys.state NOT IN ('Enabled', 'Updating') THEN 'KEY_UNAVAILABLE'
    ELSE 'CMK_USABLE'
  END AS code
FROM trails
LEFT JOIN keys ON keys.key_arn = trails.key_arn
WHERE trails.awsregion = trails.home
  AND split_part(trails.trail_arn, ':', 5) = trails.awsaccountid
ORDER BY code, trails.awsaccountid
