/**
 * What the Open Cybersecurity Schema Framework 1.9.0 demands of the objects that Trailkey writes, read off
 * https://github.com/ocsf/ocsf-schema (events/base_event.json, events/findings/finding.json and compliance_finding.json,
 * profiles/cloud.json, and objects/), as no npm package ships the schema. `?` marks an attribute that may be absent; attributes
 * that are not here are not allowed here, though OCSF knows more.
 */
const OCSF_OBJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  compliance_finding: {
    activity_id: '0|1|2|3|99',
    'activity_name?': 'string',
    category_uid: '2',
    'category_name?': 'Findings',
    class_uid: '2003',
    'class_name?': 'Compliance Finding',
    type_uid: '200301',
    'type_name?': 'string',
    severity_id: '0|1|2|3|4|5|6|99',
    'severity?': 'string',
    time: 'timestamp',
    'message?': 'string',
    'status_id?': '0|1|2|3|4|5|6|99',
    'status?': 'string',
    'status_detail?': 'string',
    metadata: 'metadata',
    cloud: 'cloud',
    finding_info: 'finding_info',
    compliance: 'compliance',
    'remediation?': 'remediation',
    'resources?': 'resource_details[]',
  },
  metadata: { version: '1.9.0', product: 'product', 'profiles?': 'string[]', 'event_code?': 'string' },
  product: { 'name?': 'string', 'uid?': 'string', 'vendor_name?': 'string', 'version?': 'string' },
  cloud: { provider: 'string', 'account?': 'account', 'region?': 'string', 'cloud_partition?': 'string' },
  account: { 'uid?': 'string', 'name?': 'string', 'type_id?': '10', 'type?': 'AWS Account' },
  finding_info: { uid: 'string', 'title?': 'string', 'desc?': 'string', 'analytic?': 'analytic' },
  analytic: {
    type_id: '0|1|2|3|4|5|6|7|8|99',
    'type?': 'string',
    'uid?': 'string',
    'name?': 'string',
    'version?': 'string',
  },
  compliance: {
    'control?': 'string',
    'desc?': 'string',
    'standards?': 'string[]',
    'requirements?': 'string[]',
    'status_id?': '0|1|2|3|99',
    'status?': 'string',
    'status_code?': 'string',
    'status_details?': 'string[]',
  },
  remediation: { desc: 'string', 'references?': 'string[]' },
  resource_details: {
    'uid?': 'string',
    'name?': 'string',
    'type?': 'string',
    'region?': 'string',
    'cloud_partition?': 'string',
    'role_id?': '0|1|2|3|4|99',
    'role?': 'string',
    'data?': 'json',
  },
};

/** Attributes of which at least one must be there (`constraints.at_least_one`). */
const AT_LEAST_ONE: Readonly<Record<string, readonly string[]>> = {
  account: ['name', 'uid'],
  product: ['name', 'uid'],
  resource_details: ['name', 'uid'],
};

/** What is wrong with an object of OCSF, a sentence each. */
export const problemsOf = (value: any, object: string, path = object): readonly string[] => {
  const attributes = OCSF_OBJECTS[object] ?? {};
  const known = new Map(Object.entries(attributes).map(([name, type]) => [name.replace('?', ''), type]));
  const missing = Object.keys(attributes).filter((name) => !name.endsWith('?') && !(name in value));
  const choice = AT_LEAST_ONE[object] ?? [];
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...(choice.length > 0 && !choice.some((name) => name in value) ? [`${path} has none of ${choice}`] : []),
    ...Object.entries(value).flatMap(([name, member]) => {
      const type = known.get(name);
      return type === undefined ? [`${path}.${name} is not known`] : typed(member, type, `${path}.${name}`);
    }),
  ];
};

const typed = (value: any, type: string, path: string): readonly string[] => {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${path} is no array`];
    return value.flatMap((entry, index) => typed(entry, type.slice(0, -2), `${path}[${index}]`));
  }
  if (type in OCSF_OBJECTS) return problemsOf(value, type, path);
  const isOf = CHECKS[type] ?? ((candidate) => type.split('|').includes(String(candidate)));
  return isOf(value) ? [] : [`${path} is ${value} and not ${type}`];
};

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  json: () => true,
  string: (value) => typeof value === 'string',
  // Milliseconds since 1970: seconds would be less.
  timestamp: (value) => Number.isSafeInteger(value) && Number(value) > 1e12,
};
