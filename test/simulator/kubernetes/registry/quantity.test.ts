/**
 * Quantities, by the grammar of apimachinery pkg/api/resource (quantity_test.go @v0.32 has many of the rows).
 */
import t from 'tap';
import {
  parseQuantity,
  problemOfQuantity,
} from '../../../../harness/simulator/kubernetes/registry/quantity.ts';

t.test('reads every suffix and exponent', async t => {
  for (const [text, value] of [
    ['0', 0],
    ['4', 4],
    ['+4', 4],
    ['-4', -4],
    ['007', 7],
    ['.5', 0.5],
    ['1.', 1],
    ['1.5', 1.5],
    ['1n', 1e-9],
    ['1u', 1e-6],
    ['100m', 0.1],
    ['1100m', 1.1],
    ['1k', 1e3],
    ['1M', 1e6],
    ['1G', 1e9],
    ['1T', 1e12],
    ['1P', 1e15],
    ['1E', 1e18],
    ['2Ki', 2048],
    ['1.5Gi', 1610612736],
    ['1Mi', 2 ** 20],
    ['1Ti', 2 ** 40],
    ['1Pi', 2 ** 50],
    ['1Ei', 2 ** 60],
    ['0.5Ki', 512],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1e+3', 1000],
    ['1e-3', 0.001],
    ['1.5E6', 1.5e6],
    ['-1e3', -1000],
    [' 5 ', 5],
  ] as const) {
    t.equal(parseQuantity(text), value, JSON.stringify(text));
    t.equal(problemOfQuantity(text), undefined, JSON.stringify(text));
  }
});

t.test('takes a number without digits for 0, as the server does', async t => {
  for (const text of ['+', '-', '.', 'Ki', 'm', 'e5']) {
    t.equal(problemOfQuantity(text), undefined, text);
    t.equal(parseQuantity(text), 0, text);
  }
});

t.test('caps amounts with a binary suffix at 2^63 - 1', async t => {
  t.equal(parseQuantity('100Ei'), 2 ** 63 - 1);
  t.equal(parseQuantity('-100Ei'), -(2 ** 63 - 1));
  t.equal(parseQuantity('100E'), 1e20, 'and no others');
});

t.test('tells a wrong suffix from a wrong format', async t => {
  for (const text of ['1K', '1ki', '1mi', '1i', '1e', '1ee5', '1m5', '1Mm', '5+3', '1ni', '1Eie', '--1'])
    t.equal(problemOfQuantity(text), "unable to parse quantity's suffix", text);
  for (const text of ['', 'abc', '1.5.5', '1e1.5', '1 Gi', '1B', '0x10', '1,5', '1e3Ki'])
    t.match(problemOfQuantity(text), /^quantities must match the regular expression/, JSON.stringify(text));
});

t.test('counts what is absent or wrong as 0, and a number as itself', async t => {
  t.equal(parseQuantity(undefined), 0);
  t.equal(parseQuantity('abc'), 0);
  t.equal(parseQuantity(1.5), 1.5);
  t.equal(parseQuantity(1e21), 1e21);
});

t.test('equal amounts are equal, however they are written', async t => {
  for (const [one, other] of [
    ['100m', '0.1'],
    ['35m', '0.035'],
    ['1100m', '1.1'],
    ['1024Mi', '1Gi'],
    ['1e3', '1k'],
    ['1024', '1Ki'],
  ] as const)
    t.equal(parseQuantity(one), parseQuantity(other), `${one} and ${other}`);
});
