/** A picture in words, for those who do not see it. Pure. */
import type { PicturedCluster, PictureModel, Way } from './picture-model.ts';

const WORDS = { present: '', absent: 'absent', broken: 'broken', 'not-seen': 'not seen' } as const;

function describeCluster({ name, network, role, parts }: PicturedCluster): string {
  const words = parts.map(({ title, detail }) => `${title} ${detail}`);
  return `${name}, ${role}, on ${network}: ${words.join('; ')}.`;
}

function describeWay({ says, state, via, label, kind }: Way): string {
  const through = via === undefined ? '' : `, through the ${via.replace('/', ' of ')}`;
  const how = state === 'present' ? (kind === 'call' ? label : 'seen') : WORDS[state];
  return `${says}${through}: ${how}`;
}

/** Describes what a picture shows: cluster by cluster, then the ways between their parts. */
export const describePicture = ({ clusters, ways }: PictureModel): string =>
  [...clusters.map(describeCluster), `${ways.map(describeWay).join('; ')}.`].join(' ');
