using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Versions;

namespace StreamSegmenter.Testing.Mutations;

/// <summary>The shards' records do not say under which definitions they stand.</summary>
internal sealed class ForgottenVersion(ILaneSink inner) : BrokenSink(inner)
{
    public override CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation) => Inner.Commit(
        Part(unit.Outbox, unit.Exchange, unit.Changelog.Select(Change), unit.Offsets), cancellation);

    private static ChangelogRecord Change(ChangelogRecord line) => !line.Key.Span.SequenceEqual(StateKey.ShardKey)
        ? line
        : line with { Value = (ShardRecord.Decode(line.Value.Span) with { Definitions = null }).Encode() };
}

/// <summary>What a process may get wrong about versions that it reads.</summary>
internal static class BrokenVersions
{
    /// <summary>Every version takes over a millisecond before its time.</summary>
    public static DefinitionVersions Early(DefinitionVersions versions) => Moved(versions, -1);

    /// <summary>Every version takes over a millisecond after its time.</summary>
    public static DefinitionVersions Late(DefinitionVersions versions) => Moved(versions, 1);

    /// <summary>The last version never arrives.</summary>
    public static DefinitionVersions Missing(DefinitionVersions versions) => Of(versions.First, versions.All.Skip(1).SkipLast(1));

    private static DefinitionVersions Moved(DefinitionVersions versions, long byMs) =>
        Of(versions.First, versions.All.Skip(1).Select(version => version with { EffectiveMs = version.EffectiveMs + byMs }));

    private static DefinitionVersions Of(DefinitionVersion first, IEnumerable<DefinitionVersion> later)
    {
        var moved = new DefinitionVersions(first);
        foreach (var version in later)
        {
            moved.Add(version);
        }

        return moved;
    }
}
