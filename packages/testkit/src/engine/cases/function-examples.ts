import type { FunctionName } from '@qarion/core'

/** Expression text and the text form of its value. */
export type Example = readonly [text: string, result: string | null]

/** Hard cases of functions, besides the worked example of the table. */
export const MORE_EXAMPLES: Readonly<Partial<Record<FunctionName, readonly Example[]>>> = {
  equal: [
    ['9007199254740993 = 9007199254740992', 'false'],
    ["'\u00e9' = 'e\u0301'", 'false'],
    ["'a' = 'a '", 'false'],
    ["'' = cast(null as string)", null],
    ['1.10 = 1.1', 'true'],
  ],
  not_equal: [["'a' <> 'b'", 'true'], ['cast(null as integer) <> 1', null]], // prettier-ignore
  less: [
    ["'\uffff' < '😀'", 'true'],
    ["'Z' < 'a'", 'true'],
    ["'a' < 'aa'", 'true'],
    ["'10' < '9'", 'true'],
    ['false < true', 'true'],
    ['1 < 1.5', 'true'],
    ["timestamp '1969-12-31T23:59:59.999999Z' < timestamp '1970-01-01T00:00:00Z'", 'true'],
  ],
  greater: [['9223372036854775807 > 9223372036854775806', 'true']],
  is_distinct: [["'' is distinct from cast(null as string)", 'true'], ['cast(null as integer) is distinct from cast(null as integer)', 'false']], // prettier-ignore
  is_not_distinct: [['cast(null as integer) is not distinct from cast(null as integer)', 'true']],
  is_null: [['cast(null as string) is null', 'true']],
  and: [['true and cast(null as boolean)', null], ['true and true and false', 'false']], // prettier-ignore
  or: [['true or cast(null as boolean)', 'true'], ['false or false', 'false']], // prettier-ignore
  not: [['not cast(null as boolean)', null]],
  add: [['9223372036854775806 + 1', '9223372036854775807'], ['0.10 + 0.20', '0.30']], // prettier-ignore
  subtract: [['-9223372036854775807 - 1', '-9223372036854775808'], ['0.3 - 0.1', '0.2']], // prettier-ignore
  multiply: [['3037000499 * 3037000499', '9223372030926249001'], ['-0.5 * 0.5', '-0.25'], ['9007199254740993 * 1', '9007199254740993']], // prettier-ignore
  divide: [
    ['1 / 3', '0.333333'],
    ['-2 / 3', '-0.666667'],
    ['1 / 2000000', '0.000001'],
    ['-1 / 2000000', '-0.000001'],
    ['1 / 2000001', '0.000000'],
    ['7.50 / 2.5', '3.000000'],
    ['0 / 5', '0.000000'],
  ],
  div: [['div(7, 2)', '3'], ['div(7, -2)', '-3'], ['div(-9223372036854775807, 1)', '-9223372036854775807']], // prettier-ignore
  mod: [['mod(7, -2)', '1'], ['mod(-6, 3)', '0'], ['mod(9223372036854775807, 10)', '7']], // prettier-ignore
  negate: [['negate(-9223372036854775807)', '9223372036854775807'], ['negate(0)', '0']], // prettier-ignore
  abs: [['abs(-1.50)', '1.50'], ['abs(-9223372036854775807)', '9223372036854775807']], // prettier-ignore
  sign: [['sign(0)', '0'], ['sign(12)', '1'], ['sign(0.00)', '0']], // prettier-ignore
  round: [
    ['round(2.5)', '3'],
    ['round(-2.5)', '-3'],
    ['round(0.125, 2)', '0.13'],
    ['round(-0.5)', '-1'],
    ['round(0.49)', '0'],
    ['round(99.995, 2)', '100.00'],
    ['round(7)', '7'],
    ['round(1.5, 3)', '1.5'],
  ],
  floor: [['floor(1.5)', '1'], ['floor(-0.1)', '-1'], ['floor(3)', '3'], ['floor(-2.0)', '-2']], // prettier-ignore
  ceil: [['ceil(1.5)', '2'], ['ceil(-0.9)', '0'], ['ceil(3)', '3'], ['ceil(2.0)', '2']], // prettier-ignore
  ratio: [['ratio(2, 3)', '0.666667'], ['ratio(-1, 8)', '-0.125000'], ['ratio(cast(null as integer), 1)', null], ['ratio(1.5, 0.5)', '3.000000']], // prettier-ignore
  coalesce: [['coalesce(cast(null as integer), cast(null as integer))', null], ['coalesce(1, 2)', '1']], // prettier-ignore
  null_if: [["null_if('a', 'A')", 'a'], ['null_if(1, cast(null as integer))', '1']], // prettier-ignore
  least: [["least('a', 'B', 'b')", 'B'], ['least(1, cast(null as integer))', null]], // prettier-ignore
  greatest: [['greatest(2, 10)', '10'], ["greatest('\uffff', '😀')", '😀']], // prettier-ignore
  concat: [["'' || ''", ''], ["'a' || cast(null as string)", null]], // prettier-ignore
  length: [["length('')", '0'], ["length('e\u0301')", '2'], ["length(' a ')", '3']], // prettier-ignore
  lower: [["lower('AZé1')", 'azé1'], ["lower('İ')", 'İ']], // prettier-ignore
  upper: [["upper('azß')", 'AZß'], ["upper('ı')", 'ı']], // prettier-ignore
  trim: [["trim('')", ''], ["trim('\ta\u00a0')", '\ta\u00a0'], ["trim('   ')", '']], // prettier-ignore
  trim_start: [["trim_start('\n a')", '\n a']],
  trim_end: [["trim_end('a \n')", 'a \n']],
  substring: [
    ["substring('abc', 2)", 'bc'],
    ["substring('né😀x', 3, 1)", '😀'],
    ["substring('abc', -1, 3)", 'a'],
    ["substring('abc', 5)", ''],
    ["substring('abc', 2, 0)", ''],
    ["substring('abc', -5)", 'abc'],
    ["substring('abc', 2, 100)", 'bc'],
  ],
  replace: [["replace('abc', '', 'x')", 'abc'], ["replace('a.b.c', '.', '')", 'abc'], ["replace('aXa', 'x', 'y')", 'aXa']], // prettier-ignore
  position: [["position('abc', '')", '1'], ["position('abc', 'z')", '0'], ["position('😀a', 'a')", '2'], ["position('aBc', 'b')", '0']], // prettier-ignore
  starts_with: [["starts_with('abc', 'ab')", 'true'], ["starts_with('abc', 'AB')", 'false'], ["starts_with('%abc', '_')", 'false']], // prettier-ignore
  ends_with: [["ends_with('abc', 'bc')", 'true'], ["ends_with('abc', '')", 'true'], ["ends_with('c', 'abc')", 'false']], // prettier-ignore
  contains: [["contains('abc', 'B')", 'false'], ["contains('', '')", 'true'], ["contains('a_c', 'b')", 'false']], // prettier-ignore
  like: [
    ["'abc' like 'a%'", 'true'],
    ["'ABC' like 'a%'", 'false'],
    ["'a😀c' like 'a_c'", 'true'],
    ["'abc' like 'a\\_c'", 'false'],
    ["'a\\c' like 'a\\\\c'", 'true'],
    ["'a\nb' like 'a%b'", 'true'],
    ["'' like '%'", 'true'],
    ["'abc' like 'b'", 'false'],
    ["'[a]*?' like '[a]*?'", 'true'],
  ],
  matches: [
    ["matches('xaby', 'ab')", 'true'],
    ["matches('xaby', '^ab')", 'false'],
    ["matches('ab\n', 'ab$')", 'false'],
    ["matches('a\nb', 'a.b')", 'false'],
    ["matches('a\nb', 'a[^x]b')", 'true'],
    ["matches('a\r\u2028b', '^a..b$')", 'true'],
    ["matches('b\na', '^a')", 'false'],
    ["matches('a😀c', '^a.c$')", 'true'],
    ["matches('😀', '^[\\x{1F600}-\\x{1F64F}]$')", 'true'],
    ["matches('é', '^\\w$')", 'false'],
    ["matches('٣', '\\d')", 'false'],
    ["matches('\u00a0\v', '\\s')", 'false'],
    ["matches('\t', '^[\\s]$')", 'true'],
    ["matches('K', '[^\\W\\d]')", 'true'],
    ["matches('k', '[^\\x{1}-\\x{7F}]')", 'false'],
    ["matches('Abc', 'abc')", 'false'],
    ["matches('', '')", 'true'],
    ["matches('', '^$')", 'true'],
    ["matches('', '.')", 'false'],
    ["matches('aaa', '^a{2}$')", 'false'],
    ["matches('aaa', '^a{2,}$')", 'true'],
    ["matches('aaaa', '^(?:aa){1,2}$')", 'true'],
    ["matches('', '^a{0,0}$')", 'true'],
    ["matches('ac', '^a(b|)c$')", 'true'],
    ["matches('cat', '^(?:dog|cat|)$')", 'true'],
    ["matches('ab', '^a*?b+?$')", 'true'],
    ["matches('a.b', '^a\\.b$')", 'true'],
    ["matches('axb', '^a\\.b$')", 'false'],
    ["matches('^$', '^[$^]\\$$')", 'true'],
    ["matches(']-', '^[]][a-]$')", 'true'],
    ["matches('it''s', '^it''s$')", 'true'],
    ["matches('\\', '^\\\\$')", 'true'],
    ["matches('x', '[\\d\\D]')", 'true'],
    ["matches('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '^(a+)+$')", 'false'],
    ["matches('a\u0301', '^a$')", 'false'],
    ["matches(cast(null as string), 'a')", null],
  ],
  year: [["year(date '0001-01-01')", '1'], ["year(timestamp '9999-12-31T23:59:59.999999Z')", '9999']], // prettier-ignore
  month: [["month(timestamp '1969-12-31T23:59:59.999999Z')", '12']],
  day: [["day(date '1900-02-28')", '28']],
  hour: [["hour(timestamp '1969-12-31T23:59:59.999999Z')", '23'], ["hour(time '00:00:00')", '0']], // prettier-ignore
  minute: [["minute(timestamp '0001-01-01T00:59:00Z')", '59']],
  second: [["second(timestamp '1969-12-31T23:59:59.999999Z')", '59']],
  date_trunc: [
    ["date_trunc('week', date '2024-02-26')", '2024-02-26'],
    ["date_trunc('week', date '1969-12-31')", '1969-12-29'],
    ["date_trunc('month', timestamp '2024-02-29T12:34:56.7Z')", '2024-02-01T00:00:00Z'],
    ["date_trunc('year', date '2024-02-29')", '2024-01-01'],
    ["date_trunc('hour', timestamp '1969-12-31T23:59:59.999999Z')", '1969-12-31T23:00:00Z'],
    ["date_trunc('minute', timestamp '2024-02-29T12:34:56.7Z')", '2024-02-29T12:34:00Z'],
    ["date_trunc('day', timestamp '1969-12-31T00:00:00Z')", '1969-12-31T00:00:00Z'],
  ],
  add_days: [
    ["add_days(date '2024-03-01', -1)", '2024-02-29'],
    ["add_days(timestamp '2024-02-28T23:59:59.999999Z', 1)", '2024-02-29T23:59:59.999999Z'],
  ],
  days_between: [["days_between(date '0001-01-01', date '9999-12-31')", '3652058']],
  add_microseconds: [
    ["add_microseconds(timestamp '9999-12-31T23:59:59.999998Z', 1)", '9999-12-31T23:59:59.999999Z'],
  ],
  microseconds_between: [
    [
      "microseconds_between(timestamp '0001-01-01T00:00:00Z', timestamp '9999-12-31T23:59:59.999999Z')",
      '315537897599999999',
    ],
    [
      "microseconds_between(timestamp '1970-01-01T00:00:00Z', timestamp '1969-12-31T23:59:59.999999Z')",
      '-1',
    ],
  ],
  key_text: [
    ["key_text('')", ''],
    ['key_text(cast(null as string))', '\\N'],
    ["key_text('\\N')", '\\\\N'],
    ["key_text('a', 'b')", 'a|b'],
    ['key_text(1.50, true, -7)', '1.50|true|-7'],
    [
      "key_text(date '2024-02-29', time '00:00:01', timestamp '1969-12-31T23:59:59.999999Z')",
      '2024-02-29|1000000|-1',
    ],
  ],
  json_array: [
    ["json_array('')", '[""]'],
    ['json_array(cast(null as string))', '[]'],
    ["json_array('é😀', 'a\\b', 'x\ny')", '["é😀","a\\\\b","x\\ny"]'],
    ["json_array('\u0001\t')", '["\\u0001\\t"]'],
  ],
}
