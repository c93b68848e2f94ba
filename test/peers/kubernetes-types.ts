/**
 * Holds the types of the built-in kinds, which the simulator reads JSON and protobuf by, against the Go
 * modules
 * and their .proto files. `--write` makes the data files anew.
 */
import { spawnSync } from 'node:child_process';
import { compareTypeData, MODULE_VERSIONS } from './kubernetes-types/type-data.ts';

const write = process.argv.includes('--write');
if (spawnSync('go', ['version']).status !== 0) console.log('skipped: no go on PATH');
else {
  const problems = compareTypeData(write);
  for (const problem of problems) console.log(problem);
  console.log(
    problems.length === 0
      ? `the same as in k8s.io/api and its siblings, ${MODULE_VERSIONS.join(', ')}`
      : `${problems.length} differences`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
