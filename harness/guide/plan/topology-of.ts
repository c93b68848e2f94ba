/** The mesh that a guide builds, read off what it does. */
import { HarnessError } from '../../base/errors.ts';
import type { Command } from '../../model/command.ts';
import type { ClusterName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';
import { readScenario } from '../../scenario/read-scenario.ts';
import { wordsAndFlags } from './subject.ts';
import { placeText, type Unit } from './units.ts';

/** What is known of a cluster. */
interface Facts {
  readonly name: ClusterName;
  network?: string;
  meshId?: string;
  isRemote: boolean;
  /** The variable, or the address, of the istiod that serves a remote. */
  address?: string;
  readonly helloWorld: Set<string>;
  client: boolean;
  /** Where the page tells of `network`, `meshId`, `helloWorld v1`; of `` its first command. */
  readonly places: Map<string, string>;
}

const DEFAULT_NETWORK = 'network1';

/** A topology, and whether the guide says where HelloWorld and its client run. */
interface ReadTopology {
  readonly topology: Topology;
  readonly hasWorkloads: boolean;
}

/**
 * Reads the topology: contexts are clusters, what is installed there tells networks and roles, and what is
 * deployed tells who calls whom. Names of networks are taken in lower case, as Kubernetes wants names.
 *
 * @param name - of the topology, for people and reports
 * @param file - how the guide is called in messages
 * @throws HarnessError ERR_INVALID_GUIDE if that is no mesh that we know
 */
export function topologyOf(units: readonly Unit[], name: string, file: string): ReadTopology {
  const facts = new Map<ClusterName, Facts>();
  /** Variables that hold an address: the cluster that it was asked of. */
  const addresses = new Map<string, ClusterName>();
  const files = new Map<string, string>();
  for (const unit of units) {
    for (const { path, content } of unit.files) files.set(path, content);
    for (const command of unit.commands) {
      const { cluster, output } = command;
      if (cluster === undefined) continue;
      if (output?.to === 'variable') addresses.set(output.name, cluster);
      note(factsOf(facts, cluster), command, { files, place: placeText(unit.origins[1]) });
    }
  }
  const clusters = [...facts.values()];
  const hasWorkloads = clusters.some(({ helloWorld, client }) => helloWorld.size > 0 || client);
  const networks = [...new Set(clusters.map(({ network }) => network ?? DEFAULT_NETWORK))];
  const result = readScenario(name, {
    description: `The mesh of ${file}`,
    meshID: clusters.find(({ meshId }) => meshId !== undefined)?.meshId ?? 'mesh1',
    networks: networks.map(network => ({ name: network })),
    clusters: clusters.map(each => ({
      name: each.name,
      network: each.network ?? DEFAULT_NETWORK,
      ...roleOf(each, clusters, addresses),
      ...(hasWorkloads && { workloads: { helloWorld: [...each.helloWorld].sort(), client: each.client } }),
    })),
  });
  if ('problems' in result)
    throw noMesh(
      file,
      result.problems.map(problem => withPlace(problem, clusters, networks)),
    );
  return { topology: result.scenario.topology, hasWorkloads };
}

function factsOf(facts: Map<ClusterName, Facts>, name: ClusterName): Facts {
  const found = facts.get(name) ?? {
    name,
    isRemote: false,
    helloWorld: new Set(),
    client: false,
    places: new Map<string, string>(),
  };
  facts.set(name, found);
  return found;
}

function roleOf(
  { isRemote, address, name }: Facts,
  clusters: readonly Facts[],
  addresses: ReadonlyMap<string, ClusterName>,
): { readonly role: string; readonly controlPlane?: string } {
  if (!isRemote) return { role: 'primary' };
  const variable = /\$\{(\w+)\}/.exec(address ?? '')?.[1];
  const asked = variable === undefined ? undefined : addresses.get(variable);
  const other = clusters.find(each => !each.isRemote && each.name !== name)?.name;
  const controlPlane = asked ?? other;
  return { role: 'remote', ...(controlPlane !== undefined && { controlPlane }) };
}

/** Puts before a problem of a scenario the place on the page that it comes from, if there is one. */
function withPlace(problem: string, clusters: readonly Facts[], networks: readonly string[]): string {
  const [, list, index = '', field = ''] = /^(clusters|networks)\[(\d+)\](.*?):/.exec(problem) ?? [];
  const ofNetwork = (each: Facts) => (each.network ?? DEFAULT_NETWORK) === networks[Number(index)];
  const facts = list === 'networks' ? clusters.find(ofNetwork) : clusters[Number(index)];
  const version = /helloWorld\[(\d+)\]/.exec(field)?.[1];
  const what =
    version !== undefined
      ? `helloWorld ${[...(facts?.helloWorld ?? [])].sort()[Number(version)]}`
      : list === 'networks' || field.includes('network')
        ? 'network'
        : '';
  const place =
    list === undefined
      ? clusters.flatMap(({ places }) => places.get('meshId') ?? []).find(() => problem.startsWith('meshID'))
      : (facts?.places.get(what) ?? facts?.places.get(''));
  return place === undefined ? problem : `${place}: ${problem}`;
}

/** The files written until a command, and the place of the command. */
interface Noted {
  readonly files: ReadonlyMap<string, string>;
  readonly place: string;
}

/** Takes from a command what it tells of its cluster, and where. */
function note(facts: Facts, command: Command, { files, place }: Noted): void {
  const { network, meshId } = facts;
  const told = (what: string, isNew: boolean) => {
    if (isNew && !facts.places.has(what)) facts.places.set(what, place);
  };
  told('', true);
  noteCommand(facts, command, files);
  told('network', facts.network !== network);
  told('meshId', facts.meshId !== meshId);
  for (const version of facts.helloWorld) told(`helloWorld ${version}`, true);
}

function noteCommand(facts: Facts, command: Command, files: ReadonlyMap<string, string>): void {
  const { words, flags } = wordsAndFlags(command.args);
  const file = flags.get('-f') ?? flags.get('--filename') ?? '';
  if (command.tool === 'helm' || (command.tool === 'istioctl' && words[0] === 'install')) {
    const settings = command.args
      .filter(arg => /^(?:--set=)?[\w.]+=/.test(arg))
      .map(arg => arg.replace(/^--set=/, ''));
    noteInstall(facts, documentOf(command, files), settings);
  }
  if (command.tool !== 'kubectl' || words[0] !== 'apply') return;
  const selector = flags.get('-l') ?? flags.get('--selector') ?? '';
  const version = /\bversion=(v\d+)/.exec(selector)?.[1];
  if (/(?:^|\/)helloworld\.yaml$/.test(file) && version !== undefined) facts.helloWorld.add(version);
  if (/(?:^|\/)(?:sleep|curl)\.yaml$/.test(file)) facts.client = true;
}

/** Returns the document that a command installs; as printed, its name may stand beside the flag. */
function documentOf(command: Command, files: ReadonlyMap<string, string>): string {
  const named = command.args.map(arg => arg.replace(/^(?:-f=|--filename=)?(?:\.\/)*/, ''));
  const file = named.find(name => files.has(name));
  return (file === undefined ? undefined : files.get(file)) ?? command.stdin ?? '';
}

/** Reads an IstioOperator by its lines, since as printed it may be no YAML, and `--set` by its last names. */
function noteInstall(facts: Facts, document: string, settings: readonly string[]): void {
  const value = (name: string): string | undefined => {
    const line = new RegExp(`^[ \\t]*${name}:[ \\t]*["']?([^"'\\s#]+)`, 'm').exec(document)?.[1];
    return line ?? settings.find(each => new RegExp(`(?:^|\\.)${name}=`).test(each))?.replace(/^[^=]*=/, '');
  };
  const network = value('network') ?? value('networkGateway');
  if (network !== undefined) facts.network ??= network.toLowerCase();
  const meshId = value('meshID');
  if (meshId !== undefined) facts.meshId ??= meshId.toLowerCase();
  const address = value('remotePilotAddress');
  if (address !== undefined) facts.address ??= address;
  facts.isRemote ||= address !== undefined || value('profile') === 'remote';
  // A remote of today tells its network in the path of its injection only.
  const path = value('injectionPath');
  const ofPath = path === undefined ? undefined : /\/net\/([^/\s]+)/.exec(path)?.[1];
  if (ofPath !== undefined) facts.network ??= ofPath.toLowerCase();
}

const noMesh = (file: string, problems: readonly string[]): HarnessError =>
  new HarnessError(
    'ERR_INVALID_GUIDE',
    `${file} builds no mesh that can be run:\n${problems.map(problem => `  ${problem}`).join('\n')}`,
    {
      hint: 'Name all pages of the guide: what comes before, the installation, and the verification.',
    },
  );
