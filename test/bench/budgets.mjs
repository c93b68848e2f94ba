// What `npm run bench` measures, and what it must show: the one place where budgets stand.

/** Large meshes are sampled with few calls: what is measured is the mesh, and older commits send n² of them. */
const FEW_CALLS = ['--risk', '0.3'];
/** `{ mesh }` stands for the file of a mesh of `meshes.mjs`. */
const mesh = name => ['run', { mesh: name }, ...FEW_CALLS];

/**
 * Name of a subject → `node`: arguments of Node; `cli`: arguments of mesh-harness; `share`: of so many rounds
 * one is taken, for what takes long; `codes`: exit codes that are no accident of the bench.
 */
export const SUBJECTS = {
  'node -e 0': { node: ['-e', '0'] },
  'import client-node': { node: ['-e', "import('@kubernetes/client-node')"] },
  help: { cli: ['--help'] },
  plan: { cli: ['plan', 'primary-remote-multi-network'] },
  'one scenario': { cli: ['run', 'primary-remote-multi-network'] },
  'all four': { cli: ['run', 'all'] },
  '300 calls': { cli: ['run', { mesh: 'through a gateway' }, '--requests', '300'] },
  '6300 calls': { cli: ['run', { mesh: 'through a gateway' }, '--requests', '6300'] },
  '5 clusters': { cli: mesh('5 primaries'), share: 3 },
  '10 clusters': { cli: mesh('10 primaries'), share: 3 },
  '20 clusters': { cli: mesh('20 primaries'), share: 2 },
  // An older commit takes it for a world that spins, and ends with 3.
  '50 clusters': { cli: mesh('50 primaries'), share: 3, codes: [0, 3] },
  '2 + 18 clusters': { cli: mesh('2 primaries, 18 remotes'), share: 2 },
  '2 + 48 clusters': { cli: mesh('2 primaries, 48 remotes'), share: 3, codes: [0, 3] },
};

/**
 * A row of the table: `of` and `over` name subjects, `measure` what of them is compared, `must` the most that
 * may come out, `aim` what is wanted. Without `over` the figure itself is compared; `against`: with that of
 * the commit which `--against` names, and only then. `less` and `per`: the difference from another subject, by
 * so many, in milliseconds. `wallOnly`: work on several cores, which the processor's time does not show.
 */
export const BUDGETS = [
  {
    what: 'one scenario ÷ importing client-node',
    of: 'one scenario',
    over: 'import client-node',
    must: 2.6,
    aim: 2.2,
  },
  { what: 'all four ÷ one', of: 'all four', over: 'one scenario', must: 2.0, wallOnly: true },
  { what: '20 clusters, all primaries, time', of: '20 clusters', against: true, must: 0.45, aim: 0.33 },
  {
    what: '20 clusters, all primaries, memory',
    of: '20 clusters',
    against: true,
    measure: 'megabytes',
    must: 0.6,
    aim: 0.5,
  },
  { what: '50 clusters ÷ 20 clusters', of: '50 clusters', over: '20 clusters', must: 8, aim: 7 },
  { what: '50 clusters, MB', of: '50 clusters', measure: 'megabytes', must: 3072, aim: 2560 },
  {
    what: '2 primaries with 48 remotes ÷ with 18',
    of: '2 + 48 clusters',
    over: '2 + 18 clusters',
    must: 3.0,
    aim: 2.5,
  },
  {
    what: 'a call through two sidecars and a gateway, ms',
    of: '6300 calls',
    less: '300 calls',
    per: 6000,
    must: 0.25,
    aim: 0.2,
  },
  { what: 'mesh-harness --help ÷ node -e 0', of: 'help', over: 'node -e 0', must: 2 },
  { what: 'mesh-harness plan ÷ node -e 0', of: 'plan', over: 'node -e 0', must: 2 },
  { what: 'one scenario, MB', of: 'one scenario', measure: 'megabytes', must: 250 },
  {
    what: 'diagnose on healthy clusters ÷ importing client-node',
    of: 'diagnose',
    over: 'import client-node',
    must: 2,
  },
  {
    what: 'diagnose where packets vanish, ms more than on a healthy mesh',
    of: 'diagnose, lost packets',
    less: 'diagnose',
    per: 1,
    must: 3000,
    wallOnly: true,
  },
  {
    what: 'guide lint of 5,000 lines ÷ the Markdown parser alone',
    of: 'guide lint',
    over: 'Markdown parser alone',
    measure: 'cpuSeconds',
    must: 2,
  },
  {
    what: 'guide lint of the repeated guide ÷ the parser alone',
    of: 'lint, repeated guide',
    over: 'parser, repeated guide',
    measure: 'cpuSeconds',
    must: 2,
  },
  {
    what: 'matrix of a scenario ÷ its cases one by one',
    of: 'matrix',
    over: 'cases one by one',
    must: 0.5,
    wallOnly: true,
  },
  {
    what: 'up, after 10,000 calls and 1,500 objects: heap ÷ before',
    of: 'up, heap after',
    over: 'up, heap before',
    measure: 'megabytes',
    must: 1.1,
  },
  {
    what: 'up, after 10,000 calls and 1,500 objects: memory of the process ÷ before',
    of: 'up, process after',
    over: 'up, process before',
    measure: 'megabytes',
    must: 1.1,
  },
];

/** Lists the subjects of one row. */
export const subjectsOf = ({ of, over, less }) => [of, over, less].filter(name => name !== undefined);

/**
 * Lists what is measured: everything, or what is named, with all that it is compared with.
 * @param only - names of subjects, or of groups: diagnose, guide, matrix, api, up
 */
export function wantedOf(only) {
  if (only === undefined) return undefined;
  return new Set([...only, ...BUDGETS.filter(({ of }) => only.includes(of)).flatMap(subjectsOf)]);
}

/**
 * Compares what was measured with the budgets.
 * @param figures - name of a subject → `{ seconds, cpuSeconds, megabytes }`
 * @param others - the same of the other commit
 * @param by - `seconds` or `cpuSeconds`: what time is, but for rows that are of the wall's alone
 * @returns `{ what, measured, must, aim }` for each row of which all is there
 */
export function judged(figures, others, by) {
  return BUDGETS.flatMap(row => {
    const measure = row.measure ?? (row.wallOnly ? 'seconds' : by);
    const of = figures[row.of]?.[measure];
    if (of === undefined) return [];
    const { what, must, aim } = row;
    const told = measured => (measured === undefined ? [] : [{ what, measured, must, aim }]);
    const over = figures[row.over]?.[measure];
    const less = figures[row.less]?.[measure];
    const other = others?.[row.of]?.[measure];
    if (row.against) return told(other === undefined ? undefined : of / other);
    if (row.less !== undefined) return told(less === undefined ? undefined : ((of - less) * 1000) / row.per);
    if (row.over !== undefined) return told(over === undefined ? undefined : of / over);
    return told(of);
  });
}
