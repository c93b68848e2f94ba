#!/bin/sh
# @marcbachmann/cel-js 8.0.0 (npm), Node 20: some of CEL's standard functions are JavaScript's functions of
# the same purpose. So valid expressions get other answers than the language definition gives.
#
#   expression                                            cel-js 8.0.0                 CEL
#   'ABC'.matches('(?i)abc')                              Invalid regular expression   true (RE2 syntax)
#   'abc'.matches('[[:alpha:]]+')                         false                        true (RE2 syntax)
#   'abc'.matches('\\Aabc\\z')                            false                        true (RE2 syntax)
#   timestamp('2026-02-30T00:00:00Z')                     2026-03-02T00:00:00.000Z     an error: no such day
#   timestamp('2026-01-01T00:00:00.123456789Z') ==        true                         false (nanoseconds)
#     timestamp('2026-01-01T00:00:00.123Z')
#
# The second and third are the ones to look for: a rule with a class of RE2 fits nothing, without an error.
# CEL: github.com/google/cel-spec doc/langdef.md, "Regular Expressions" and the list of standard functions.
#
# Ends with 0 if all of this is so. Needs node, npm and the registry of npm. Takes some seconds.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix "$folder" @marcbachmann/cel-js@8.0.0
cat > ask.mjs <<'END'
import { evaluate } from '@marcbachmann/cel-js';

const rows = [
  [String.raw`'ABC'.matches('(?i)abc')`, /^error: Invalid regular expression/],
  [String.raw`'abc'.matches('[[:alpha:]]+')`, /^false$/],
  [String.raw`'abc'.matches('\\Aabc\\z')`, /^false$/],
  [`timestamp('2026-02-30T00:00:00Z')`, /^2026-03-02T00:00:00\.000Z$/],
  [`timestamp('2026-01-01T00:00:00.123456789Z') == timestamp('2026-01-01T00:00:00.123Z')`, /^true$/],
];
let others = 0;
for (const [expression, stated] of rows) {
  let answer;
  try {
    const value = evaluate(expression, {});
    answer = value instanceof Date ? value.toISOString() : String(value);
  } catch (error) {
    answer = `error: ${error.message.split('\n')[0]}`;
  }
  const isAsStated = stated.test(answer);
  if (!isAsStated) others++;
  console.log(`${expression} → ${answer}${isAsStated ? '' : '   (not as stated)'}`);
}
process.exitCode = others === 0 ? 0 : 1;
END
node ask.mjs
