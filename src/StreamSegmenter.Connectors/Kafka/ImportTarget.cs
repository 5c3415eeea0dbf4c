using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Whether state may be written into a changelog from outside an engine: only while there is no engine and no state.</summary>
internal sealed class ImportTarget(KafkaSettings settings)
{
    /// <param name="promised">Somebody says that no engine runs; counts only where the brokers cannot tell.</param>
    /// <returns>Why it may not, and what to do; null: it may.</returns>
    /// <exception cref="KafkaLaneException">The changelog cannot be read.</exception>
    public string? Objection(bool promised, TimeSpan timeout, CancellationToken cancellation) =>
        GroupObjection(promised, timeout) ?? TopicObjection(cancellation);

    private string? GroupObjection(bool promised, TimeSpan timeout)
    {
        using var admin = new AdminClientBuilder(ClientConfigs.Admin(settings))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build();
        if (GroupMembers.Running(admin, settings.GroupId, timeout, out var unknown) is { } running)
        {
            return $"{running}. Stop it, or name a new group and a new changelog topic.";
        }

        return promised || unknown is null ? null
            : $"the brokers do not say whether an engine runs in the group '{settings.GroupId}': {unknown}. See for yourself and give --group-is-stopped.";
    }

    private string? TopicObjection(CancellationToken cancellation)
    {
        var lines = new AnyLine();
        new TopicScan(settings).Read(settings.Outputs.Changelog, lines, cancellation);
        return lines.Seen
            ? $"the changelog topic '{settings.Outputs.Changelog}' is not empty. Name a new one (outputs.topics.changelog), or delete it."
            : null;
    }

    private sealed class AnyLine : Engine.Contracts.IRestoreTarget
    {
        public bool Seen { get; private set; }

        public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Seen = true;

        public void Unfinished(ReadOnlySpan<byte> key) => Seen = true;
    }
}
