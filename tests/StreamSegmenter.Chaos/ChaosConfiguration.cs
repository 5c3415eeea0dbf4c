namespace StreamSegmenter.Chaos;

/// <summary>The configuration that the engines of a run and the replay share: every kind of result, with times short enough to
/// come about during it, and commits so often that many of the faults fall into one.</summary>
internal static class ChaosConfiguration
{
    public static void Write(string path, ChaosPlan plan, ChaosTopics topics, string bootstrapServers) =>
        File.WriteAllText(path, $$"""
            kafka:
              brokers: "{{bootstrapServers}}"
              group: {{topics.Group}}
              delivery: {{(plan.ExactlyOnce ? "exactly-once" : "at-least-once")}}
              groupProtocol: {{(plan.ConsumerProtocol ? "consumer" : "classic")}}
              sessionTimeout: {{(long)plan.SessionTimeout.TotalMilliseconds}}ms
              commitTimeout: 20s
              createTopics: false
              # Record after record, so that a kill can fall between any two.
              producerProperties: { batch.num.messages: 2, max.in.flight.requests.per.connection: 1, linger.ms: 0 }

            inputs:
              - topic: {{topics.Input}}
                maxOutOfOrderness: {{KnownInput.OutOfOrdernessMs}}ms

            currency: EUR
            session: { gap: 20s }
            grace: 5s
            deduplication: { window: 1m }

            cartAbandonment:
              - { id: abandoned-cart, steps: [10s, 30s], reentry: at-once, attributes: [device] }
              - { id: dear-cart, after: 15s, minTotal: 150.00, reentry: { cooldown: 1m }, holdout: 10% }

            segments:
              - { id: shopping-now, when: "count(product_viewed, 1m, pane: 1s) >= 5" }
              - { id: hesitating, when: "did(checkout_started, 1m) and not did(order_completed, 1m)" }
              - { id: buyer, when: "sum(order_completed.total, 365d) >= 100" }

            conversions:
              windows: [10s, 1m]
              dimensions: [device]
              funnel: [product_viewed, product_added, checkout_started, order_completed]

            outputs:
              topics:
                cartAbandonment: {{topics.Triggers}}
                suppressedTriggers: {{topics.Suppressed}}
                segmentMembership: {{topics.Memberships}}
                conversionMetrics: {{topics.Metrics}}
                deadLetters: {{topics.DeadLetters}}
                lateEvents: {{topics.Late}}
                exchange: {{topics.Exchange}}
                changelog: {{topics.Changelog}}
                definitions: {{topics.Definitions}}

            engine:
              lanes: {{plan.Lanes}}
              shards: {{plan.Partitions}}
              commitInterval: 50ms
              idleTimeout: 500ms
              maxClockSkew: 10d
              shutdownDeadline: 20s

            http: { listen: 127.0.0.1:0 }
            """);
}
