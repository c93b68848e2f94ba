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
export type { Clock, Timer } from './base/clock.ts';
export { ERROR_CODES, type ErrorCode, EXIT, HarnessError, type HarnessErrorOptions } from './base/errors.ts';
export { KubernetesApiError, type KubernetesStatus } from './base/kubernetes-error.ts';
export type { KubernetesObject, ResourcePath } from './base/kubernetes-object.ts';
export type { KubernetesMinor } from './base/kubernetes-versions.ts';
export type { FaultValues, ParameterName } from './faults/fault.ts';
export type { FaultEnd, FaultTarget } from './faults/flows.ts';
export type { FaultInForce } from './faults/in-force.ts';
export type { PodSelector } from './faults/pods.ts';
export type { ExistingMesh } from './library/existing.ts';
export type { CatalogFault, Fault, MeshFaults } from './library/faults.ts';
export type { ExecTarget, Mesh, MeshDefect } from './library/mesh.ts';
export { plan, run } from './library/run.ts';
export { loadScenario, makeTopology, type ScenarioFile, type ScenarioName } from './library/topologies.ts';
export { type UpOptions, up } from './library/up.ts';
export { type BuiltInChecksOptions, builtInChecks, type VerifyOptions, verify } from './library/verify.ts';
export type { Command, CommandResult, PlanFile, ToolName } from './model/command.ts';
export type { EditionName } from './model/east-west-gateway.ts';
export { type ClusterName, clusterName, type NetworkName, networkName } from './model/names.ts';
export type { ClusterSpec, NetworkSpec, Role, Topology } from './model/topology.ts';
export { omitSteps } from './plan/omit.ts';
export type { Erratum, GuideReference, Omission, Plan, Repair, Step, StepId } from './plan/step.ts';
export type {
  FaultFlow,
  FaultFlowEnd,
  FaultPoints,
  FlowMatcher,
  NetworkFaultPoints,
  Undo,
} from './platform/fault-points.ts';
export type {
  Cluster,
  ControlPlane,
  Finding,
  FoundPlatform,
  Platform,
  PlatformAdjustment,
  PlatformCapabilities,
  PlatformName,
  Programs,
  StartedPlatform,
} from './platform/platform.ts';
export type { DownloadOptions } from './platform/program-downloads.ts';
export type { ProgramOptions } from './platform/programs.ts';
export type { RealSettings } from './platform/real-settings.ts';
export { formatHtml } from './report/html/html.ts';
export { formatJson } from './report/json.ts';
export { formatJunit } from './report/junit.ts';
export { formatMarkdown } from './report/markdown.ts';
export {
  type CheckReport,
  type CommandReport,
  type Conclusion,
  type ConformanceReport,
  type ErratumReport,
  EVIDENCE_LEVELS,
  type EvidenceLevel,
  type FoundVersions,
  type Host,
  SCHEMA_VERSION,
  type ScenarioReport,
  type Shard,
  type StepReport,
  type Volatile,
  type WallTimes,
} from './report/report.ts';
export { formatTap } from './report/tap.ts';
export type { CommandRecord, Problem, RunEvent, RunListener, StepOutcome, Verdict } from './run/events.ts';
export type { SessionOptions as RunOptions, TargetOptions, WorkOptions } from './session/options.ts';
export type { Band } from './verify/band.ts';
export type {
  Check,
  CheckContext,
  CheckOutcome,
  CheckResult,
  Diagnosis,
  Evidence,
} from './verify/check.ts';
export { CAUSES, type Cause } from './verify/diagnose/causes.ts';
export type { FaultMeasure, FaultSource } from './verify/fault-measure.ts';
export type { SamplePlan } from './verify/sample-plan.ts';
export type {
  Seen,
  SeenCalls,
  SeenCluster,
  SeenEndpoint,
  SeenEndpoints,
  SeenGateway,
  SeenIstiod,
  SeenIstiodService,
  SeenOwner,
  SeenPods,
  SeenProxy,
  SeenSecret,
  SeenSecrets,
  Sight,
  SightState,
} from './verify/seen/seen.ts';
export type { TakenSamples } from './verify/taken-samples.ts';
export type { Pool, Together } from './verify/together.ts';
export type { ErrorCount, PartlyCounted, Share, Symptom, Tally, Traffic } from './verify/traffic.ts';
