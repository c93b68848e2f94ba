/** Writes the licences of the packages that are in the bundles: who passes their code on has to. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const LICENCE_FILE = /^(?:(?:un)?licen[cs]e|copying|notice)(?:[.-].*)?$/i;
/**
 * The packages that modules are made of: .proto files (build-descriptors.mjs), texts
 * (build-descriptions.mjs).
 */
const MADE = {
  'envoy-descriptors:envoy-descriptors': 'node_modules/@grpc/grpc-js-xds',
  'kubernetes-descriptions:kubernetes-descriptions': [
    'node_modules/kubernetes-models',
    'node_modules/@kubernetes-models/apimachinery',
  ],
};
const LINE = '-'.repeat(100);

/**
 * @param metafiles - what esbuild tells of each bundle
 * @param file - where the notices go
 * @throws Error for a package without a licence
 */
export function writeNotices(metafiles, file) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs: of }) =>
      Object.entries(of).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : [])),
    ),
  );
  const folders = [...new Set(inputs.flatMap(input => packageFolderOf(input) ?? []))];
  const notices = [...new Map(folders.map(folder => noticeOf(folder)))].sort();
  const head = [
    'mesh-harness contains code of these packages, each under the licence that follows its name.',
    ...notices.map(([name]) => `  ${name}`),
  ];
  writeFileSync(file, `${[head.join('\n'), ...notices.map(([, text]) => text)].join(`\n\n${LINE}\n\n`)}\n`);
}

/** Returns the folder of the package that a file belongs to, or of several; undefined for a file of ours. */
const packageFolderOf = input =>
  MADE[input] ?? /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input.replaceAll(path.sep, '/'))?.[0];

/** Returns name and version of a package, and what is said of its licence. */
function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const found = readdirSync(folder).filter(each => LICENCE_FILE.test(each));
  // A text without a name of its own is the same for all, and for us.
  const files = found.length === 0 && license === 'Apache-2.0' ? [path.resolve('LICENSE')] : found;
  if (typeof license !== 'string' || files.length === 0)
    throw new Error(`${name} is in a bundle, and tells no licence in ${folder}: see build-notices.mjs.`);
  const texts = files.map(each => readFileSync(path.resolve(folder, each), 'utf8').trim());
  return [`${name} ${version}`, [`${name} ${version} (${license})`, ...texts].join('\n\n')];
}
