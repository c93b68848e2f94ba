/** Texts that an installation keeps in ConfigMaps (`istio`, `istio-sidecar-injector`), as documents. */
import { load } from 'js-yaml';

/**
 * Reads YAML or JSON whose shape nobody vouches for.
 * @returns undefined for what cannot be read
 */
export function readDocument(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}
