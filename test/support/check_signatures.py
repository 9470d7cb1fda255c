"""Signs recorded requests again with botocore, and names those whose signature is another."""

import json
import re
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SECRET = sys.argv[1]
CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<id>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, "
    r"SignedHeaders=(?P<signed>[^,]+), Signature=(?P<signature>[0-9a-f]{64})"
)

wrong = 0
recorded = json.load(sys.stdin)
for made in recorded:
    headers = made["headers"]
    told = CREDENTIAL.fullmatch(headers["authorization"])
    signed = {name: headers[name] for name in told["signed"].split(";")}
    request = AWSRequest(method=made["method"], url=made["url"], headers=signed, data=made["body"].encode())
    request.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(Credentials(told["id"], SECRET), told["service"], told["region"])
    signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    if signature != told["signature"]:
        wrong += 1
        print(f"{headers['x-amz-target']} at {made['url']}: botocore signs it {signature}, and it bears {told['signature']}")
print(f"{len(recorded)} requests", file=sys.stderr)
sys.exit(1 if wrong else 0)
