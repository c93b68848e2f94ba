/** Values and texts that programs stumble over. */
import fc, { type Arbitrary } from 'fast-check';

/** Texts that mean something to somebody: parsers, terminals, pages, shells, object literals. */
const ODD_TEXTS = [
  ...['', ' ', '\t', '\n', '\0', '\r\n', '-', '--', '---', '...', '=', '#', '~', '.', '..', '/', '../..'],
  ...['null', 'true', 'no', '.nan', '1e999', '0x7f', '-0', '1_000', '2026-01-01', '9'.repeat(400)],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '<<', '*a', '&a', '!!js/function'],
  ...['\x1b[31m', '\x1b]0;x\x07', '\x9b2J', '\u202e', '\u2028', '\ufeff', '\ud800', '\u{1f600}', 'e\u0301'],
  ...['<script>', ']]>', '-->', '&amp;', '"', "'", '`', '$(id)', '$x', '%s', '\\', '|', '{', '[', ': '],
  ...['0.0.0.0/0', '127.0.0.0/8', '10.0.0.0/33', '10.0.0.1/8', '1.2.3', '::/0', '255.255.255.255/32'],
  ...['x'.repeat(70), 'x'.repeat(5000)],
];

/** A text: mostly an odd one, or characters by chance. */
export const oddText: Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);

const NUMBERS = [0, -0, -1, 1, 0.5, 1e-320, 1e308, 2 ** 31, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY];

/** Nested lists, deeper than anyone writes them. */
const deep = (depth: number): unknown => Array.from({ length: depth }).reduce(inner => [inner], 'x');

/** A value of YAML or JSON. */
export const oddValue: Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: oddText },
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], deep(90), new Date(0)),
  fc.constantFrom(...NUMBERS),
  fc.dictionary(oddText, oddText, { maxKeys: 3 }),
  fc.array(oddText, { maxLength: 4 }),
);
