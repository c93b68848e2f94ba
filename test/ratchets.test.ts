/**
 * The shape of the code as numbers and named exceptions that may only get better. Whoever makes one better
 * writes the better number here; each test says so.
 */
import t from 'tap';
import ts from 'typescript';
import { exportsOf, readSources, type Source, usesOf } from './support/sources.ts';

const sources = readSources('harness');
const exported = sources.flatMap(exportsOf);

/** The names of `found` that are no exceptions, and exceptions that are none any more. */
function heldAgainst(found: readonly string[], exceptions: readonly string[]) {
  const names = new Set(found);
  return {
    news: [...names].filter(name => !exceptions.includes(name)),
    obsolete: exceptions.filter(name => !names.has(name)),
  };
}
const NONE = { news: [], obsolete: [] };

// ---- files and functions

const MOST_LINES = 300;
/** Files that may be longer. A table of data says so. */
const LONG_FILES: readonly string[] = [];

const MOST_FUNCTION_LINES = 60;
/** `file name` of functions that may be longer. */
const LONG_FUNCTIONS: readonly string[] = [
  'harness/platform/existing/preflight.ts inspectCluster',
  'harness/platform/kind/engine/containers.ts containerCalls',
  'harness/simulator/kubernetes/api-server.ts createApiServer',
  'harness/simulator/kubernetes/cluster.ts startCluster',
  'harness/simulator/kubernetes/custom-resources.ts startCustomResources',
  'harness/verify/checks/extended/traffic-path.ts judge',
  'harness/verify/diagnose/control-plane.ts explainNotReady',
];

const MOST_PARAMETERS = 5;
/** `file name` of functions that may have more. */
const MANY_PARAMETERS: readonly string[] = [];

interface Shape {
  /** `harness/base/wait.ts waitUntil`; an anonymous function has the name of what it is given to. */
  readonly name: string;
  readonly lines: number;
  readonly parameters: number;
}

function functionsOf({ file, tree }: Source): readonly Shape[] {
  const shapes: Shape[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const line = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
      const lines = line(node.getEnd()) - line(node.getStart()) + 1;
      shapes.push({ name: `${file} ${nameOf(node)}`, lines, parameters: node.parameters.length });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return shapes;
}

function nameOf(node: ts.Node): string {
  for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isConstructorDeclaration(at)) return 'constructor';
    const named = at as { readonly name?: ts.Node } & ts.Node; // of declarations
    if (named.name && !ts.isImportClause(at)) return named.name.getText();
  }
  return 'the module';
}

t.test('no file has more than 300 lines', async t => {
  const long = sources.filter(({ text }) => text.split('\n').length - 1 > MOST_LINES);
  t.same(
    heldAgainst(
      long.map(({ file }) => file),
      LONG_FILES,
    ),
    NONE,
  );
});

t.test('no function has more than 60 lines, nor more than five parameters', async t => {
  const functions = sources.flatMap(functionsOf);
  t.ok(functions.length > 3000, 'they are found');
  const long = functions.filter(({ lines }) => lines > MOST_FUNCTION_LINES);
  t.same(
    heldAgainst(
      long.map(({ name }) => name),
      LONG_FUNCTIONS,
    ),
    NONE,
  );
  const many = functions.filter(({ parameters }) => parameters > MOST_PARAMETERS);
  t.same(
    heldAgainst(
      many.map(({ name }) => name),
      MANY_PARAMETERS,
    ),
    NONE,
  );
});

// ---- lines

const MOST_COLUMNS = 110;
/**
 * Files with longer lines, and how many: data, and texts for users that stand on one line. Only down; 0 is
 * no entry.
 */
const LONG_LINES: Readonly<Record<string, number>> = {
  'harness/base/go-errors.ts': 1,
  'harness/base/kubernetes-object.ts': 1,
  'harness/base/random.ts': 1,
  'harness/base/turns.ts': 1,
  'harness/cli/commands/certs.ts': 1,
  'harness/cli/commands/clean.flags.ts': 1,
  'harness/cli/commands/istioctl.ts': 2,
  'harness/cli/commands/kubernetes.flags.ts': 1,
  'harness/cli/commands/plan.flags.ts': 1,
  'harness/cli/commands/run-results.ts': 2,
  'harness/cli/commands/run.flags.ts': 2,
  'harness/cli/commands/status.ts': 1,
  'harness/cli/terminal/lines.ts': 2,
  'harness/cli/terminal/unbroken.ts': 1,
  'harness/cli/up/release-folder.ts': 1,
  'harness/guide/lint/rules/context-left-out.ts': 1,
  'harness/guide/lint/rules/repeat-by-hand.ts': 1,
  'harness/guide/lint/rules/step-elsewhere.ts': 1,
  'harness/guide/lint/told-variables.ts': 1,
  'harness/matrix/hold.ts': 1,
  'harness/matrix/look.ts': 1,
  'harness/matrix/matrix-report.ts': 3,
  'harness/matrix/one-world.ts': 1,
  'harness/matrix/patience.ts': 1,
  'harness/matrix/schema.ts': 1,
  'harness/plan/editions/1.8/errata.ts': 2,
  'harness/plan/editions/1.8/gateway.ts': 2,
  'harness/plan/editions/1.8/trust.ts': 4,
  'harness/plan/editions/current/errata.ts': 11,
  'harness/plan/editions/current/gateway.ts': 1,
  'harness/plan/editions/current/install.ts': 2,
  'harness/plan/editions/current/trust.ts': 1,
  'harness/plan/graph.ts': 1,
  'harness/plan/plan.ts': 1,
  'harness/plan/print/list.ts': 1,
  'harness/plan/print/markdown.ts': 2,
  'harness/plan/print/shell.ts': 3,
  'harness/platform/existing/kubectl-skew.ts': 1,
  'harness/platform/existing/permissions.ts': 1,
  'harness/platform/existing/probe-pods.ts': 1,
  'harness/platform/existing/probe.ts': 2,
  'harness/platform/existing/side-by-side.ts': 3,
  'harness/platform/kind/cloud-provider.ts': 1,
  'harness/platform/kind/describe-run.ts': 1,
  'harness/platform/kind/doctor.ts': 1,
  'harness/platform/kind/metallb.ts': 1,
  'harness/platform/kind/preflight.ts': 1,
  'harness/platform/kind/preload.ts': 1,
  'harness/platform/kind/prove.ts': 1,
  'harness/platform/kind/registry-config.ts': 2,
  'harness/platform/kind/started.ts': 2,
  'harness/platform/kind/watch-nodes.ts': 1,
  'harness/platform/program-downloads.ts': 2,
  'harness/platform/simulator/open-world.ts': 1,
  'harness/platform/version-windows.ts': 3,
  'harness/report/html/html.ts': 14,
  'harness/report/html/traffic.ts': 4,
  'harness/report/markdown.ts': 2,
  'harness/report/tap.ts': 2,
  'harness/report/words.ts': 3,
  'harness/scenario/check-names.ts': 2,
  'harness/scenario/load.ts': 1,
  'harness/scenario/schema-issues.ts': 2,
  'harness/session/prepare.ts': 1,
  'harness/simulator/images/curl/connection.ts': 1,
  'harness/simulator/images/curl/errors.ts': 1,
  'harness/simulator/images/curl/progress-meter.ts': 2,
  'harness/simulator/istio/agent/istiod-connection.ts': 1,
  'harness/simulator/istio/agent/readiness.ts': 1,
  'harness/simulator/istio/ca/authority-source.ts': 1,
  'harness/simulator/istio/envoy/http/local-reply.ts': 1,
  'harness/simulator/istio/envoy/listener-updates.ts': 1,
  'harness/simulator/istio/envoy/listeners/listener-manager.ts': 1,
  'harness/simulator/istio/envoy/validation.ts': 1,
  'harness/simulator/istio/install/operator-document.ts': 2,
  'harness/simulator/istio/istiod/generate/gateway-filter-chains.ts': 1,
  'harness/simulator/istio/istiod/mesh/remote-clusters.ts': 1,
  'harness/simulator/istio/istiod/serve/authenticate.ts': 2,
  'harness/simulator/istio/istiod/watch/remote-secret.ts': 1,
  'harness/simulator/istio/release-current.ts': 1,
  'harness/simulator/istio/xds/envoy-v3/resource-name.ts': 1,
  'harness/simulator/kubernetes/admission/escalation.ts': 2,
  'harness/simulator/kubernetes/admission/pod-defaults.ts': 1,
  'harness/simulator/kubernetes/admission/storage.ts': 1,
  'harness/simulator/kubernetes/auth/rbac.ts': 3,
  'harness/simulator/kubernetes/client/typed.ts': 3,
  'harness/simulator/kubernetes/client/work-queue.ts': 1,
  'harness/simulator/kubernetes/controllers/batch/cron-job.ts': 1,
  'harness/simulator/kubernetes/controllers/scheduler.ts': 1,
  'harness/simulator/kubernetes/controllers/service-account.ts': 1,
  'harness/simulator/kubernetes/controllers/sets/stateful-pod-control.ts': 1,
  'harness/simulator/kubernetes/controllers/storage/binder.ts': 2,
  'harness/simulator/kubernetes/http/body.ts': 3,
  'harness/simulator/kubernetes/http/continuation.ts': 1,
  'harness/simulator/kubernetes/http/encoding.ts': 1,
  'harness/simulator/kubernetes/http/handlers/reviews.ts': 1,
  'harness/simulator/kubernetes/http/handlers/token-request.ts': 1,
  'harness/simulator/kubernetes/http/patch/apply.ts': 1,
  'harness/simulator/kubernetes/http/patch/patch.ts': 1,
  'harness/simulator/kubernetes/http/patch/typed-patch.ts': 1,
  'harness/simulator/kubernetes/http/protobuf/decode.ts': 1,
  'harness/simulator/kubernetes/http/receive.ts': 1,
  'harness/simulator/kubernetes/http/streaming/container.ts': 1,
  'harness/simulator/kubernetes/http/streaming/spdy-exec.ts': 1,
  'harness/simulator/kubernetes/http/streaming/spdy-frames.ts': 2,
  'harness/simulator/kubernetes/http/tables/json-path.ts': 1,
  'harness/simulator/kubernetes/http/tables/table.ts': 3,
  'harness/simulator/kubernetes/http/tables/workload-columns.ts': 1,
  'harness/simulator/kubernetes/node/kubelet/container-launch.ts': 1,
  'harness/simulator/kubernetes/node/kubelet/image-puller.ts': 3,
  'harness/simulator/kubernetes/node/kubelet/patient-pull.ts': 1,
  'harness/simulator/kubernetes/node/kubelet/sessions.ts': 1,
  'harness/simulator/kubernetes/openapi/definitions.ts': 1,
  'harness/simulator/kubernetes/registry/deletion-policy.ts': 1,
  'harness/simulator/kubernetes/registry/deletion.ts': 2,
  'harness/simulator/kubernetes/registry/flow-control.ts': 1,
  'harness/simulator/kubernetes/registry/index-intervals.ts': 1,
  'harness/simulator/kubernetes/registry/new-state.ts': 1,
  'harness/simulator/kubernetes/registry/node-ports.ts': 1,
  'harness/simulator/kubernetes/registry/schema/built-in.ts': 1,
  'harness/simulator/kubernetes/registry/schema/formats.ts': 3,
  'harness/simulator/kubernetes/registry/schema/keep.ts': 1,
  'harness/simulator/kubernetes/registry/selectors/parse-label-selector.ts': 3,
  'harness/simulator/kubernetes/registry/service-addresses.ts': 1,
  'harness/simulator/kubernetes/registry/validation/counts.ts': 1,
  'harness/simulator/kubernetes/registry/validation/label-rules.ts': 3,
  'harness/simulator/kubernetes/registry/validation/metadata.ts': 2,
  'harness/simulator/kubernetes/registry/validation/names.ts': 3,
  'harness/simulator/kubernetes/registry/validation/resource-quota.ts': 1,
  'harness/simulator/kubernetes/registry/validation/stateful-set.ts': 1,
  'harness/simulator/program.ts': 1,
  'harness/tools/client-version.ts': 1,
  'harness/tools/embedded/istioctl/account-token.ts': 2,
  'harness/tools/embedded/istioctl/analyzers.ts': 2,
  'harness/tools/embedded/istioctl/create-remote-secret.ts': 3,
  'harness/tools/embedded/istioctl/install.ts': 1,
  'harness/tools/embedded/istioctl/istioctl.ts': 1,
  'harness/tools/embedded/istioctl/proxy-config.ts': 1,
  'harness/tools/embedded/istioctl/proxy-pod.ts': 1,
  'harness/tools/embedded/kubectl/apply-object.ts': 3,
  'harness/tools/embedded/kubectl/delete.ts': 1,
  'harness/tools/embedded/kubectl/documents.ts': 2,
  'harness/tools/embedded/kubectl/errors.ts': 1,
  'harness/tools/embedded/kubectl/get.ts': 1,
  'harness/tools/embedded/kubectl/go-syntax.ts': 1,
  'harness/tools/embedded/kubectl/jsonpath.ts': 1,
  'harness/tools/embedded/kubectl/kubectl.ts': 3,
  'harness/tools/embedded/kubectl/label.ts': 1,
  'harness/tools/embedded/kubectl/logs.ts': 2,
  'harness/tools/embedded/kubectl/object-printer.ts': 3,
  'harness/tools/embedded/kubectl/pods.ts': 2,
  'harness/tools/embedded/kubectl/rollout.ts': 1,
  'harness/tools/embedded/kubectl/verb.ts': 1,
  'harness/tools/embedded/kubectl/version.ts': 1,
  'harness/verify/calling.ts': 2,
  'harness/verify/checks/extended/traffic-path.ts': 1,
  'harness/verify/checks/fixed-sample.ts': 1,
  'harness/verify/checks/reaches-every-version.ts': 3,
  'harness/verify/checks/versions-in-their-own-clusters.ts': 3,
  'harness/verify/convergence.ts': 1,
  'harness/verify/diagnose/causes.ts': 1,
  'harness/verify/diagnose/istiod-log.ts': 1,
  'harness/verify/diagnose/misplaced.ts': 2,
  'harness/verify/diagnose/name-unknown.ts': 1,
  'harness/verify/diagnose/one-cluster-twice.ts': 2,
  'harness/verify/diagnose/one-gateway-exposes-nothing.ts': 1,
  'harness/verify/diagnose/refused-pods.ts': 1,
  'harness/verify/diagnose/remote-refuses.ts': 1,
  'harness/verify/diagnose/remote-runs-istiod.ts': 1,
  'harness/verify/diagnose/remote-unknown.ts': 3,
  'harness/verify/diagnose/sample-settings.ts': 1,
  'harness/verify/diagnose/some-errors.ts': 2,
  'harness/verify/diagnose/trust.ts': 1,
  'harness/verify/gateway-weight.ts': 1,
  'harness/verify/groups.ts': 1,
  'harness/verify/sample-plan.ts': 2,
  'harness/verify/sampling.ts': 1,
};

t.test('no line has more than 110 columns', async t => {
  const counts = sources.map(
    ({ file, text }) => [file, text.split('\n').filter(line => line.length > MOST_COLUMNS).length] as const,
  );
  t.same(Object.fromEntries(counts.filter(([, count]) => count > 0)), LONG_LINES);
});

// ---- exports

/** Exports with a docstring, in a thousand; only up. */
const DOCUMENTED_PER_MILLE = 952;

t.test('exports are documented', async t => {
  const documented = exported.filter(({ hasDocstring }) => hasDocstring).length;
  const perMille = Math.floor((documented / exported.length) * 1000);
  t.equal(perMille, DOCUMENTED_PER_MILLE, `${documented} of ${exported.length}; only up`);
});

/** `file name` of exports at run time that tests use and no other file of the harness. */
const FOR_TESTS: readonly string[] = [
  'harness/matrix/matrix-report.ts summarize',
  'harness/matrix/try-all.ts groupsOf',
  'harness/model/east-west-gateway.ts gatewayOperator',
  'harness/plan/print/words.ts shellWord',
  'harness/platform/bundle.ts MAX_BUNDLE_BYTES',
  'harness/platform/kind/clusters.ts createArguments',
  'harness/platform/kind/doctor.ts addressFinding',
  'harness/platform/kind/engine/connect.ts installLine',
  'harness/platform/kind/engine/events.ts readEnd',
  'harness/platform/kind/image-cache.ts hostsFile',
  'harness/platform/kind/isolation.ts patienceFor',
  'harness/platform/kind/metallb.ts poolDocuments',
  'harness/platform/kind/metallb.ts poolsOf',
  'harness/platform/kind/preload.ts takingPods',
  'harness/platform/kind/proxies.ts proxyFinding',
  'harness/platform/kind/witnesses.ts fileServerArgv',
  'harness/platform/program-downloads.ts sourceOf',
  'harness/report/read/read-report.ts parseReport',
  'harness/session/trace.ts TRACE_FILES',
  'harness/simulator/images/small-programs.ts sleepSeconds',
  'harness/simulator/istio/agent/settings.ts readDownwardApi',
  'harness/simulator/kubernetes/http/streaming/spdy-frames.ts dictionary',
  'harness/simulator/kubernetes/http/tables/columns.ts COLUMNS',
  'harness/simulator/kubernetes/registry/defaults.ts DEFAULTERS',
  'harness/simulator/network/resolver.ts candidates',
  'harness/simulator/network/secure-socket.ts withVirtualTimeout',
  'harness/verify/gateway-weight.ts shortfallsIn',
];
/** `file name` of those that no other file uses at all: to be private. */
const UNUSED: readonly string[] = [
  'harness/model/simulated-cluster.ts SIMULATED_EXTENSION',
  'harness/plan/print/words.ts hereDocumentEnd',
  'harness/plan/print/words.ts hereDocumentText',
  'harness/platform/existing/permissions.ts NEEDED',
  'harness/platform/kind/routes.ts routeCommands',
  'harness/run/run-checks.ts groupsOf',
  'harness/simulator/istio/install/mesh-configuration.ts discoveryAddress',
  'harness/simulator/istio/install/mesh-configuration.ts injectorValues',
  'harness/simulator/kubernetes/controllers/disruption.ts isCovered',
  'harness/simulator/kubernetes/controllers/endpoints.ts subsetsOf',
  'harness/simulator/kubernetes/controllers/node-fit.ts requestsOf',
  'harness/simulator/kubernetes/controllers/service-account-token.ts TOKEN_TYPE',
  'harness/simulator/kubernetes/http/body.ts MAX_BODY_BYTES',
  'harness/simulator/kubernetes/node/cluster-dns.ts lookUp',
  'harness/simulator/kubernetes/node/kube-proxy.ts routesOf',
  'harness/simulator/kubernetes/node/kubelet/image-puller.ts normalizeReference',
  'harness/simulator/kubernetes/node/kubelet/process.ts EXIT_SIGKILL',
  'harness/simulator/kubernetes/node/kubelet/process.ts EXIT_SIGTERM',
  'harness/simulator/kubernetes/registry/json.ts microTimestamp',
  'harness/simulator/kubernetes/registry/json.ts nameOf',
  'harness/simulator/kubernetes/registry/json.ts namespaceOf',
  'harness/simulator/kubernetes/registry/status.ts qualified',
  'harness/tools/embedded/follow.ts keyOf',
  'harness/tools/embedded/istioctl/readiness.ts targetName',
  'harness/tools/embedded/kubectl/documents.ts yamlErrorText',
  'harness/tools/embedded/kubectl/table.ts alignColumns',
  'harness/tools/embedded/kubectl/verb.ts GLOBAL_FLAGS',
  'harness/verify/checks/extended/gateway-counters.ts forwardedBy',
];
/** Interfaces and aliases that no other file names; only down. */
const UNUSED_TYPES = 170;

t.test('what is exported is used by another file', async t => {
  const used = new Set(sources.flatMap(usesOf));
  const tested = new Set(readSources('test').flatMap(usesOf));
  const key = ({ file, name }: { readonly file: string; readonly name: string }) => `${file} ${name}`;
  const isIn = (uses: ReadonlySet<string>, entry: { readonly file: string; readonly name: string }) =>
    uses.has(key(entry)) || uses.has(`${entry.file} *`);
  const unused = exported.filter(each => !isIn(used, each));
  const values = unused.filter(({ isType }) => !isType);
  t.same(heldAgainst(values.filter(each => isIn(tested, each)).map(key), FOR_TESTS), NONE, 'for tests only');
  t.same(heldAgainst(values.filter(each => !isIn(tested, each)).map(key), UNUSED), NONE, 'for nobody');
  const types = unused.filter(each => each.isType && !isIn(tested, each));
  t.equal(types.length, UNUSED_TYPES, 'types that only their own file names; only down');
});
