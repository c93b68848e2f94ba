/** The version of kubectl, as kubectl itself prints it. */

/** Reads `v1.32.0` from the output of `kubectl version --client -o json`; returns other output as it is. */
export function clientVersion(json: string): string {
  try {
    const { clientVersion: version } = JSON.parse(json) as { clientVersion?: { gitVersion?: string } }; // kubectl's own
    return version?.gitVersion ?? json.trim();
  } catch {
    return json.trim();
  }
}
