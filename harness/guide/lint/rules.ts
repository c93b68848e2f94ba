/** All rules of the linter, in the order of the docs. */
import type { Rule } from './rule.ts';
import { addressByIpOnly } from './rules/address-by-ip-only.ts';
import { addressNotAwaited } from './rules/address-not-awaited.ts';
import { assumedContext } from './rules/assumed-context.ts';
import { assumedFolder } from './rules/assumed-folder.ts';
import { badDuration } from './rules/bad-duration.ts';
import { badExport } from './rules/bad-export.ts';
import { badLabel } from './rules/bad-label.ts';
import { beyond } from './rules/beyond.ts';
import { brokenByExpansion } from './rules/broken-by-expansion.ts';
import { brokenYaml } from './rules/broken-yaml.ts';
import { configInRemote } from './rules/config-in-remote.ts';
import { contextLeftOut } from './rules/context-left-out.ts';
import { createdTwice } from './rules/created-twice.ts';
import { deadLink } from './rules/dead-link.ts';
import { endlessWait } from './rules/endless-wait.ts';
import { execWithoutDashes } from './rules/exec-without-dashes.ts';
import { impossibleOutput } from './rules/impossible-output.ts';
import { incompleteMesh } from './rules/incomplete-mesh.ts';
import { jsonpathField } from './rules/jsonpath-field.ts';
import { literalVariable } from './rules/literal-variable.ts';
import { lostContinuation } from './rules/lost-continuation.ts';
import { lostDollar } from './rules/lost-dollar.ts';
import { lostPrompt } from './rules/lost-prompt.ts';
import { meshNamesFit } from './rules/mesh-names.ts';
import { missingLabel } from './rules/missing-label.ts';
import { misspeltNamespace } from './rules/misspelt-namespace.ts';
import { misspeltProgram } from './rules/misspelt-program.ts';
import { namespaceElsewhere } from './rules/namespace-elsewhere.ts';
import { namespaceTooEarly } from './rules/namespace-too-early.ts';
import { noSuchObject } from './rules/no-such-object.ts';
import { noSuchPod } from './rules/no-such-pod.ts';
import { notExported } from './rules/not-exported.ts';
import { notFollowed } from './rules/not-followed.ts';
import { openJsonpath } from './rules/open-jsonpath.ts';
import { operatorApplied } from './rules/operator-applied.ts';
import { otherGateway } from './rules/other-gateway.ts';
import { otherNamespace } from './rules/other-namespace.ts';
import { pageProblem } from './rules/page-problem.ts';
import { progressMeter } from './rules/progress-meter.ts';
import { refusedName } from './rules/refused-name.ts';
import { repeatByHand } from './rules/repeat-by-hand.ts';
import { repeatedFlag } from './rules/repeated-flag.ts';
import { scriptLacksValue } from './rules/script-lacks-value.ts';
import { secretAfterRemote } from './rules/secret-after-remote.ts';
import { selectsNothing } from './rules/selects-nothing.ts';
import { shellError } from './rules/shell-error.ts';
import { splitValue } from './rules/split-value.ts';
import { stdinBesideFile } from './rules/stdin-beside-file.ts';
import { stepElsewhere } from './rules/step-elsewhere.ts';
import { swappedContexts } from './rules/swapped-contexts.ts';
import { unansweredPrompt } from './rules/unanswered-prompt.ts';
import { unheededLabel } from './rules/unheeded-label.ts';
import { unknownArgument } from './rules/unknown-argument.ts';
import { unknownChart } from './rules/unknown-chart.ts';
import { unknownField } from './rules/unknown-field.ts';
import { unknownName } from './rules/unknown-name.ts';
import { unknownOutput } from './rules/unknown-output.ts';
import { unknownProfile } from './rules/unknown-profile.ts';
import { unknownRelease } from './rules/unknown-release.ts';
import { unknownResource } from './rules/unknown-resource.ts';
import { unknownSample } from './rules/unknown-sample.ts';
import { unknownValue } from './rules/unknown-value.ts';
import { unreadFile } from './rules/unread-file.ts';
import { unsetVariable } from './rules/unset-variable.ts';
import { unusedMeshNetworks } from './rules/unused-mesh-networks.ts';
import { unwrittenFile } from './rules/unwritten-file.ts';
import { waitByEye } from './rules/wait-by-eye.ts';
import { wideSelector } from './rules/wide-selector.ts';
import { wrongKind } from './rules/wrong-kind.ts';

/** Their ids are unique. */
export const RULES: readonly Rule[] = [
  pageProblem,
  shellError,
  lostContinuation,
  lostPrompt,
  notFollowed,
  beyond,
  misspeltProgram,
  unsetVariable,
  lostDollar,
  splitValue,
  literalVariable,
  notExported,
  badExport,
  brokenYaml,
  brokenByExpansion,
  unknownArgument,
  unknownSample,
  unknownResource,
  unknownOutput,
  unwrittenFile,
  unreadFile,
  unknownField,
  unknownValue,
  wrongKind,
  unknownChart,
  unknownRelease,
  unknownProfile,
  repeatedFlag,
  stdinBesideFile,
  operatorApplied,
  scriptLacksValue,
  refusedName,
  namespaceTooEarly,
  createdTwice,
  namespaceElsewhere,
  misspeltNamespace,
  noSuchPod,
  noSuchObject,
  unheededLabel,
  badLabel,
  missingLabel,
  otherNamespace,
  contextLeftOut,
  swappedContexts,
  meshNamesFit,
  unknownName,
  incompleteMesh,
  secretAfterRemote,
  configInRemote,
  unusedMeshNetworks,
  addressNotAwaited,
  addressByIpOnly,
  openJsonpath,
  jsonpathField,
  endlessWait,
  badDuration,
  wideSelector,
  selectsNothing,
  unansweredPrompt,
  waitByEye,
  progressMeter,
  execWithoutDashes,
  repeatByHand,
  impossibleOutput,
  otherGateway,
  assumedContext,
  assumedFolder,
  stepElsewhere,
  deadLink,
];
