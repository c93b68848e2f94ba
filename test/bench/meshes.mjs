// The scenario files of the bench, each cluster by itself: so that older commits read them too.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const file = (...lines) => `meshID: mesh1\nnetworks:\n${lines.join('\n')}\n`;
const range = count => Array.from({ length: count }, (_, index) => index + 1);

/** So many primaries on one network, each watching all others. */
const primaries = count =>
  file(
    '  - name: network1',
    'clusters:',
    ...range(count).map(n => `  - { name: cluster${n}, network: network1, role: primary }`),
  );

/** Two primaries, and so many remotes by turns, on one network. */
const remotes = count =>
  file(
    '  - name: network1',
    'clusters:',
    ...range(2).map(n => `  - { name: primary${n}, network: network1, role: primary }`),
    ...range(count).map(
      n => `  - { name: remote${n}, network: network1, role: remote, controlPlane: primary${2 - (n % 2)} }`,
    ),
  );

/** Each call goes from the one cluster through the other one's gateway. */
const throughGateway = file(
  '  - name: network1',
  '  - name: network2',
  'clusters:',
  '  - { name: cluster1, network: network1, role: primary, workloads: { helloWorld: [] } }',
  '  - { name: cluster2, network: network2, role: primary, workloads: { helloWorld: [v1], client: false } }',
);

const MESHES = {
  'through a gateway': throughGateway,
  ...Object.fromEntries([5, 10, 20, 50].map(count => [`${count} primaries`, primaries(count)])),
  ...Object.fromEntries([18, 48].map(count => [`2 primaries, ${count} remotes`, remotes(count)])),
};

/** Writes the file of a mesh into a folder. @returns its path */
export function meshFile(folder, name) {
  const text = MESHES[name];
  if (text === undefined) throw new Error(`the bench has no mesh "${name}"`);
  const at = path.join(folder, `${name.replaceAll(/\W+/g, '-')}.yaml`);
  writeFileSync(at, text);
  return at;
}
