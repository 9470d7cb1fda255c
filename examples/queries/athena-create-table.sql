CREATE EXTERNAL TABLE config_snapshots (
  configurationitems ARRAY<STRUCT<
    configurationitemcapturetime: STRING,
    configurationitemstatus: STRING,
    awsaccountid: STRING,
    awsregion: STRING,
    resourcetype: STRING,
    resourceid: STRING,
    resourcename: STRING,
    arn: STRING,
    configuration: STRING
  >>
)
PARTITIONED BY (account STRING, region STRING, day STRING)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://BUCKET/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.account.type' = 'enum',
  'projection.account.values' = '111122223333,444455556666',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'eu-west-1,us-east-1',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/M/d',
  'projection.day.range' = '2025/1/1,NOW',
  'storage.location.template' = 's3://BUCKET/AWSLogs/${account}/Config/${region}/${day}/ConfigSnapshot'
)
