/** What a real API server's OpenAPI documents say (test/peers/ask-open-api.ts) beside ours. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  documentOfVersion2,
  documentOfVersion3,
  documentPaths,
} from '../../../../harness/simulator/kubernetes/openapi/documents.ts';
import { BUILT_IN_RESOURCES } from '../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import { ResourceRegistry } from '../../../../harness/simulator/kubernetes/registry/registry.ts';
import { compareSummaries, type Summary, summarize } from '../../../peers/open-api/summary.ts';

const FILE = new URL('../../../peers/open-api/facts-1.34.3.json', import.meta.url);
const real = JSON.parse(readFileSync(FILE, 'utf8')) as Summary; // written by ask-open-api.ts
const minor = 34;
const types = new ResourceRegistry(BUILT_IN_RESOURCES, minor).all();
const served = { types, minor };
const ours = summarize({
  version2: documentOfVersion2(served),
  version3: Object.fromEntries(
    documentPaths(types).map(path => [path, documentOfVersion3(served, path)] as const),
  ),
});

t.test('definitions are those of a real API server', async t => {
  const { different, only } = compareSummaries(ours.definitions, real.definitions);
  t.same(only.ours, []);
  t.same(different, []);
});

t.test('operations are those of a real API server', async t => {
  const { different, only } = compareSummaries(ours.paths, real.paths);
  t.same(only.ours, []);
  t.same(different, []);
});
