/**
 * Host names as Istio compares them: with case, and with a leading `*` that stands for any beginning
 * (`host.Name` in istiod).
 */

export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/**
 * Whether every name that `host` stands for is one that `pattern` stands for (`Name.SubsetOf`). `*.e.com` covers `a.b.e.com`
 * and `*.b.e.com`, not `e.com`.
 */
export function covers(pattern: string, host: string): boolean {
  if (!isWildcard(pattern)) return pattern === host;
  if (isWildcard(host)) return host.length >= pattern.length && endsWithAfter(host, pattern);
  return endsWithAfter(host, pattern);
}

/** Whether some name is one that both stand for (`Name.Matches`). */
export function overlaps(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}

/** The narrower of two overlapping names. */
export function narrower(a: string, b: string): string {
  return covers(a, b) ? b : a;
}

function endsWithAfter(host: string, wildcard: string): boolean {
  const length = wildcard.length - 1;
  const start = host.length - length;
  if (start < 0) return false;
  return host.endsWith(wildcard.slice(1));
}

/**
 * The name that a destination, a VirtualService or a DestinationRule in `namespace` means by `host`: a name without a dot is a
 * Kubernetes Service beside it, any other is left alone (`ResolveShortnameToFQDN`).
 */
export function resolveHost(host: string, namespace: string, domain: string): string {
  if (host.includes('.') || isWildcard(host)) return host;
  return serviceHost(host, namespace, domain);
}

/** The host name of a Kubernetes Service. */
export function serviceHost(name: string, namespace: string, domain: string): string {
  return `${name}.${namespace}.svc.${domain}`;
}

/**
 * The Gateway (`namespace/name`) that a VirtualService in `namespace` means by `gateway`: `name`, `namespace/name`,
 * `name.namespace` or `name.namespace.svc...` (`resolveGatewayName`). `mesh` is no Gateway and is left alone.
 */
export function resolveGateway(gateway: string, namespace: string): string {
  if (gateway === 'mesh' || gateway.includes('/')) return gateway;
  const dot = gateway.indexOf('.');
  if (dot < 0) return `${namespace}/${gateway}`;
  const end = gateway.indexOf('.', dot + 1);
  return `${gateway.slice(dot + 1, end < 0 ? undefined : end)}/${gateway.slice(0, dot)}`;
}
