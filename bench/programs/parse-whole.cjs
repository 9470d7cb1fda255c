// What a script would do with a snapshot: unpack it, parse it whole, and look for trails.
const { gunzipSync } = require('node:zlib');
const { readFileSync } = require('node:fs');

const { configurationItems } = JSON.parse(gunzipSync(readFileSync(process.argv[2])).toString());
console.log(configurationItems.filter(({ resourceType }) => resourceType === 'AWS::CloudTrail::Trail'));
