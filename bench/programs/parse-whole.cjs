// How a simple script reads a snapshot: decompress it, parse it as a whole, and select the trails.
const { gunzipSync } = require('node:zlib');
const { readFileSync } = require('node:fs');

const { configurationItems } = JSON.parse(gunzipSync(readFileSync(process.argv[2])).toString());
console.log(configurationItems.filter(({ resourceType }) => resourceType === 'AWS::CloudTrail::Trail'));
