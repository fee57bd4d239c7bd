import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Judgement } from '../admission/response.js';
import type { Operation } from '../admission/review.js';
import { HELD_KINDS } from '../mesh/held-kinds.js';
import type { World } from '../mesh/world/world.js';
import { NO_RULE, kindLabel, ruleLabel } from './labels.js';

/** One answer, as far as it is counted. */
export interface CountedAnswer {
  readonly webhook: 'validate' | 'mutate';
  readonly request: { readonly operation: Operation; readonly kind: { readonly kind: string } };
  readonly decision: 'allowed' | 'denied' | 'patched';
  /** No judgement was reached. */
  readonly erred: boolean;
  readonly seconds: number;
  readonly judgement?: Judgement;
}

/** A world that is looked at when somebody asks for the metrics. */
export interface ObservedWorld {
  readonly world: World;
  /** How the copy of each kind is doing. */
  kinds(): readonly KindHealth[];
}

export interface KindHealth {
  readonly kind: string;
  /** Milliseconds since it was last known to be complete; infinite before its first list. */
  readonly age: number;
  /** How often listing or watching failed and was begun again. */
  readonly restarts: number;
}

/** What is read again while the server runs. */
export type Reloaded = (typeof RELOADED)[number];
const RELOADED = ['policy', 'certificate', 'manifests'] as const;

/** From half a millisecond to the longest `timeoutSeconds` of a webhook, in seconds. */
const DURATIONS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Everything that is counted, in a registry of its own. Label values are from fixed lists, but for the namespaces: whatever a
 * client sends, there are no more series than kinds and rules allow.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #decisions = this.#counter('decisions', 'Answers, by the rule that weighs heaviest in them.', [
    'webhook',
    'operation',
    'kind',
    'decision',
    'rule',
  ]);
  readonly #findings = this.#counter('findings', 'Findings of judged changes.', ['rule', 'severity']);
  readonly #errors = this.#counter('review_errors', 'Reviews that could not be judged.', ['webhook']);
  readonly #exemptions = this.#counter('exemptions_used', 'Findings that an exemption lifted.', ['rule', 'namespace']);
  readonly #leaks = this.#counter('leaks', 'Leaks that came about without having been let through.', [
    'rule',
    'namespace',
  ]);
  readonly #reloads = this.#counter('reload_failures', 'Files that changed and could not be followed.', ['file']);
  readonly #durations = new Histogram({
    name: 'sallyport_decision_duration_seconds',
    help: "Time from a review's headers to its answer.",
    labelNames: ['webhook', 'kind'] as const,
    buckets: DURATIONS,
    registers: [this.#registry],
  });

  constructor() {
    for (const file of RELOADED) this.#reloads.inc({ file }, 0);
    for (const webhook of ['validate', 'mutate']) this.#errors.inc({ webhook }, 0);
    collectDefaultMetrics({ register: this.#registry });
  }

  readonly contentType = this.#registry.contentType;

  /** The text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  answered({ webhook, request, decision, erred, seconds, judgement }: CountedAnswer): void {
    const kind = kindLabel(request.kind.kind);
    const findings = judgement !== undefined && 'decision' in judgement ? judgement.decision.findings : [];
    // They come with the heaviest first.
    const rule = findings[0]?.rule ?? NO_RULE;
    this.#decisions.inc({ webhook, operation: request.operation, kind, decision, rule });
    this.#durations.observe({ webhook, kind }, seconds);
    for (const finding of findings) this.#findings.inc({ rule: finding.rule, severity: finding.severity });
    const exempted = judgement !== undefined && 'decision' in judgement ? judgement.decision.exempted : [];
    for (const { exemption, finding } of exempted)
      this.exempted(finding.rule, exemption.slice(0, exemption.indexOf('/')));
    if (erred) this.#errors.inc({ webhook });
  }

  /** An exemption of this namespace has lifted a finding. */
  exempted(rule: string, namespace: string): void {
    this.#exemptions.inc({ rule: ruleLabel(rule), namespace });
  }

  /** Something leaks that no review has let through: the leader has seen it. */
  leaked(rule: string, namespace: string): void {
    this.#leaks.inc({ rule: ruleLabel(rule), namespace });
  }

  reloadFailed(file: Reloaded): void {
    this.#reloads.inc({ file });
  }

  /** Counts the objects of a world, and tells how old its kinds are, whenever the metrics are asked for. Once. */
  observe(observed: ObservedWorld): void {
    this.#gauge('world_objects', 'Objects that are known of.', (gauge) => {
      for (const { kind } of HELD_KINDS) gauge.set({ kind }, [...observed.world.all(kind)].length);
    });
    this.#gauge('world_age_seconds', 'Time since a kind was last known to be complete.', (gauge) => {
      for (const { kind, age } of observed.kinds()) gauge.set({ kind }, age / 1000);
    });
    const restarts = this.#counter(
      'watch_restarts',
      'Lists and watches that failed and were begun again.',
      ['kind'],
      () => {
        restarts.reset();
        for (const one of observed.kinds()) restarts.inc({ kind: one.kind }, one.restarts);
      },
    );
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[], collect?: () => void): Counter<L> {
    return new Counter({
      name: `sallyport_${name}_total`,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      ...(collect === undefined ? {} : { collect }),
    });
  }

  #gauge(name: string, help: string, collect: (gauge: Gauge<'kind'>) => void): void {
    const gauge = new Gauge({
      name: `sallyport_${name}`,
      help,
      labelNames: ['kind'] as const,
      registers: [this.#registry],
      collect: () => {
        gauge.reset();
        collect(gauge);
      },
    });
  }
}
