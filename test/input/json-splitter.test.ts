import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_VALUE_BYTES } from '../../src/input/json-bytes.js';
import { splitJson } from '../../src/input/json-splitter.js';

const TERM = 'Trail::';
const LISTS = new Map([
  ['items', 'matching'],
  ['trails', 'all'],
] as const);

type Split = {
  readonly values: readonly unknown[];
  readonly texts: readonly string[];
  readonly problems: readonly string[];
};

/** Splits a text in chunks of a size. */
const split = (text: string | Buffer, chunkBytes = Infinity): Split => {
  const [values, texts, problems]: [unknown[], string[], string[]] = [[], [], []];
  const splitter = splitJson({
    searchTerms: [TERM],
    lists: LISTS,
    value: ({ bytes, at, list, mayMatch }) => {
      const value = bytes.toString();
      texts.push(value);
      values.push({ at, list, mayMatch, value: safeParse(value) });
    },
    problem: (at, message) => problems.push(`${at}: ${message}`),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) splitter.write(bytes.subarray(at, at + chunkBytes));
  splitter.end();
  return { values, texts, problems };
};

const safeParse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return `not JSON: ${text}`;
  }
};

const parsed = (result: Split) => result.texts.map(safeParse);

describe('returns', () => {
  it('consecutive objects: single, in lines, indented', () => {
    const text = '{"a":1}{"b":[2]}\n{"c":"}"}\r\n\r\n{\n  "d": {}\n}\n';

    expect(parsed(split(text))).toEqual([{ a: 1 }, { b: [2] }, { c: '}' }, { d: {} }]);
  });

  it('the elements of an array', () => {
    expect(parsed(split('[{"a":1}, {"b":2},[3],"four, [",5,null]'))).toEqual([
      { a: 1 },
      { b: 2 },
      [3],
      'four, [',
      5,
      null,
    ]);
  });

  it('the elements of a list of a document, then the document without them', () => {
    const { values } = split('{"v":"1","trails":[{"a":1},{"b":2}],"w":[7]}');

    expect(values).toEqual([
      { at: 19, list: 'trails', mayMatch: false, value: { a: 1 } },
      { at: 27, list: 'trails', mayMatch: false, value: { b: 2 } },
      { at: 0, list: undefined, mayMatch: false, value: { v: '1', trails: [], w: [7] } },
    ]);
  });

  it('only the elements that can contain a term, for a list of matching elements', () => {
    const items = [{ a: 'EC2' }, { b: { deep: `AWS::${TERM}` } }, { c: 'EC2' }, 7, [8]];

    expect(parsed(split(JSON.stringify({ items })))).toEqual([items[1], 7, [8], { items: [] }]);
  });

  it('an element that can contain a term with Unicode escapes', () => {
    expect(split('{"items":[{"a":"Tr\\u0061il::"},{"b":"\\\\u0061"}]}').texts).toEqual([
      '{"a":"Tr\\u0061il::"}',
      '{"items":[]}',
    ]);
  });

  it('documents inside an array, and their lists', () => {
    expect(parsed(split('[{"trails":[{"a":1}]},{"trails":[{"b":2}]}]'))).toEqual([
      { a: 1 },
      { trails: [] },
      { b: 2 },
      { trails: [] },
    ]);
  });

  it('no elements of a nested list of all elements, or of a list whose name only ends the same', () => {
    for (const text of ['{"x":{"trails":[1]}}', '{"x":[[1]]}', '{"a\\"trails":[1]}', '{"my trails":[1]}']) {
      expect(split(text).texts).toEqual([text]);
    }
  });
});

it('returns the matching elements of a list up to two levels deeper, and none below', () => {
  const item = { b: `AWS::${TERM}` };
  const [list, other] = [{ Items: [item, {}] }, { Items: [item] }];

  expect(split(JSON.stringify({ a: { b: list } })).values).toMatchObject([
    { list: 'items', value: item },
    { list: undefined, value: { a: { b: { Items: [] } } } },
  ]);
  expect(parsed(split(JSON.stringify([{ a: { b: list }, c: other }])))).toEqual([
    item,
    item,
    { a: { b: { Items: [] } }, c: { Items: [] } },
  ]);
  expect(parsed(split(JSON.stringify({ a: { b: { c: list } } })))).toEqual([{ a: { b: { c: list } } }]);
});

describe('reports', () => {
  it('an invalid value once, and continues', () => {
    const result = split('hello {"a":1} world {"b":2}');

    expect(parsed(result)).toEqual([{ a: 1 }, { b: 2 }]);
    expect(result.problems).toEqual([
      '0: expected a JSON object or array; received "hello {\\"a\\":1} world "',
    ]);
  });

  it.each([
    ['{"a":1', 0, 6],
    ['{"a":1} {"b":"x', 8, 15],
    ['[{"a":1},', 0, 9],
    ['[{"a":1},"x', 0, 11],
    ['{"items":[{"a":1},{"b', 0, 21],
    ['{"items":[', 0, 10],
    ['{"a":"\\', 0, 7],
  ])('the incomplete value in %s', (text, from, at) => {
    expect(split(text).problems).toEqual([
      `${at}: the data is incomplete: it ends inside the value that starts at byte ${from}`,
    ]);
  });

  it('nothing for an empty text', () => {
    expect(split(' \n')).toEqual({ values: [], texts: [], problems: [] });
  });

  it('a closing bracket without an opening one', () => {
    expect(split('{"items":[}]}').problems).toEqual(['10: expected a JSON object or array; received "}]}"']);
  });

  it('no problem for a number at the end of the text', () => {
    expect(split('[7').texts).toEqual(['7']);
  });
});

describe('a value that is too large', () => {
  const large = (name: string) => `{"${name}":[{"a":"${'x'.repeat(MAX_VALUE_BYTES)}"},{"b":"${TERM}"}]}`;

  it('is reported, and the others are returned', () => {
    const { texts, problems } = split(large('trails'), 1 << 20);

    expect(texts).toEqual([`{"b":"${TERM}"}`, '{"trails":[]}']);
    expect(problems).toEqual(['11: this value is larger than 16 MiB and was not read']);
  });

  it('is not reported if it does not match', () => {
    expect(split(large('items'), 1 << 20)).toMatchObject({
      texts: [`{"b":"${TERM}"}`, '{"items":[]}'],
      problems: [],
    });
  });

  it('is returned at the maximum size', () => {
    const text = `{"a":"${'x'.repeat(MAX_VALUE_BYTES - 8)}"}`;

    expect(split(text, 1 << 20).texts.map(({ length }) => length)).toEqual([MAX_VALUE_BYTES]);
  });
});

it('parses a million brackets without recursion', () => {
  const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;

  expect(split(`{"items":[{"a":${deep}},{"b":"${TERM}"}]}`).texts).toHaveLength(2);
});

describe('compared with JSON.parse', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'u', '\ud800', 'é', '😀', ' '),
    }),
    fc.constantFrom(TERM, 'trails', '__proto__'),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const object = fc.dictionary(text, value, { maxKeys: 5 });
  const indent = fc.constantFrom(undefined, 1, '\t');

  it('returns consecutive objects, with any chunk size', () => {
    fc.assert(
      fc.property(fc.array(object), indent, fc.integer({ min: 1, max: 40 }), (objects, space, chunkBytes) => {
        const plain = objects.map((one) => JSON.parse(JSON.stringify(one)));
        for (const one of plain) for (const name of LISTS.keys()) delete one[name];

        const result = split(plain.map((one) => JSON.stringify(one, null, space)).join('\n'), chunkBytes);

        expect(result.problems).toEqual([]);
        expect(parsed(result)).toEqual(plain);
      }),
    );
  });

  it('returns the elements of a list, with any chunk size', () => {
    fc.assert(
      fc.property(fc.array(object), object, fc.integer({ min: 1, max: 40 }), (items, around, chunkBytes) => {
        const { items: _items, trails: _trails, ...rest } = around;
        const document = JSON.stringify({ ...rest, trails: items });

        const result = split(document, chunkBytes);

        expect(result.problems).toEqual([]);
        expect(parsed(result)).toEqual([
          ...JSON.parse(document).trails,
          { ...JSON.parse(document), trails: [] },
        ]);
      }),
    );
  });

  it('returns every element that contains a term, with any chunk size', () => {
    fc.assert(
      fc.property(fc.array(object), fc.integer({ min: 1, max: 40 }), (items, chunkBytes) => {
        const document = JSON.stringify({ items });
        const matching = JSON.parse(document).items.filter((item: unknown) =>
          JSON.stringify(item).includes(TERM),
        );

        const returned = split(document, chunkBytes).texts.filter((one) => one.includes(TERM));

        expect(returned.map(safeParse)).toEqual(matching);
      }),
    );
  });

  it('returns the same values with every chunk size', () => {
    const document = `{"v": "\\"[", "items" : [ {"a":"\\\\"}, {"b":"Tr\\u0061il"}, {"c":"${TERM}é😀"} ], "w": {}}\n[1, {"d":2}]`;
    const whole = split(document);

    for (let chunkBytes = 1; chunkBytes <= Buffer.byteLength(document); chunkBytes += 1) {
      expect(split(document, chunkBytes)).toEqual(whole);
    }
  });

  it('accepts any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), text, (bytes, words) => {
        expect(() => split(Buffer.concat([bytes, Buffer.from(words)]), 7)).not.toThrow();
      }),
    );
  });
});
