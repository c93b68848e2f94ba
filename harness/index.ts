/** The library's public names. */
export type {
  ApiClient,
  ExecOptions,
  ExecOutcome,
  ObjectList,
  PatchType,
  RequestOptions,
  Selectors,
  WatchEvent,
  WatchOptions,
} from './base/api-client.ts';
export { ERROR_CODES, type ErrorCode, EXIT, HarnessError } from './base/errors.ts';
export { KubernetesApiError } from './base/kubernetes-error.ts';
export type { KubernetesObject, ResourcePath } from './base/kubernetes-object.ts';
export type { Fault, FaultEnd, FaultTarget, MeshFaults, PodSelector } from './library/faults.ts';
export type { ExecTarget, Mesh, MeshDefect } from './library/mesh.ts';
export { plan, run } from './library/run.ts';
export { loadScenario, makeTopology, type ScenarioFile, type ScenarioName } from './library/topologies.ts';
export { type UpOptions, up } from './library/up.ts';
export { type BuiltInChecksOptions, builtInChecks, type VerifyOptions, verify } from './library/verify.ts';
export type { Command, CommandResult, PlanFile } from './model/command.ts';
export type { ClusterName, NetworkName } from './model/names.ts';
export type { ClusterSpec, NetworkSpec, Role, Topology } from './model/topology.ts';
export { omitSteps } from './plan/omit.ts';
export type { Erratum, Plan, Step, StepId } from './plan/step.ts';
export type { Cluster, Platform, StartedPlatform } from './platform/platform.ts';
export { formatHtml } from './report/html/html.ts';
export { formatJson } from './report/json.ts';
export { formatJunit } from './report/junit.ts';
export { formatMarkdown } from './report/markdown.ts';
export type { ConformanceReport, ScenarioReport } from './report/report.ts';
export { formatTap } from './report/tap.ts';
export type { RunEvent, RunListener, Verdict } from './run/events.ts';
export type { SessionOptions as RunOptions, TargetOptions, WorkOptions } from './session/options.ts';
export type { Check, CheckResult } from './verify/check.ts';
