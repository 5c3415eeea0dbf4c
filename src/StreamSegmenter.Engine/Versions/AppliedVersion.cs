using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.Versions;

/// <summary>An aggregate that came with a change of definitions: it has counted since then.</summary>
/// <param name="MeaningHash">Short hash of <see cref="AggregateLayout.Meaning"/>.</param>
internal readonly record struct YoungAggregate(uint MeaningHash, long SinceMs);

/// <summary>The version under which a shard stands, as its own changelog record has it.</summary>
/// <param name="Id">Of the <see cref="DefinitionVersion"/>.</param>
/// <param name="EffectiveMs">The instant from which it decides in this shard: its own, or later where the shard was past that when the
/// version arrived. <see cref="long.MinValue"/>: from the shard's beginning.</param>
/// <param name="LayoutHash">Of the records that are written under it.</param>
internal sealed record AppliedVersion(string Id, long EffectiveMs, uint LayoutHash)
{
    /// <summary>Aggregates that have not counted for a customer's whole history.</summary>
    public IReadOnlyList<YoungAggregate> Young { get; init; } = [];

    /// <summary>What follows when other definitions take over at an instant.</summary>
    /// <param name="before">The layout until then; null: not known, so nothing can be told of its aggregates.</param>
    public AppliedVersion Change(string id, RecordLayout? before, RecordLayout now, long effectiveMs)
    {
        var young = new List<YoungAggregate>();
        foreach (var aggregate in before is null ? [] : now.Aggregates)
        {
            var hash = HashOf(aggregate);
            var known = Young.FirstOrDefault(other => other.MeaningHash == hash);
            if (known != default)
            {
                young.Add(known);
            }
            else if (!before!.Aggregates.Contains(aggregate))
            {
                young.Add(new YoungAggregate(hash, effectiveMs));
            }
        }

        return new AppliedVersion(id, effectiveMs, now.Hash) { Young = young };
    }

    /// <summary>What a shard notes that has changed over to all of these at their instants.</summary>
    public static AppliedVersion After(DefinitionVersion first, IReadOnlyList<DefinitionVersion> later)
    {
        var before = first.Layout();
        var applied = new AppliedVersion(first.Id, long.MinValue, before.Hash);
        foreach (var version in later)
        {
            var now = version.Layout();
            applied = applied.Change(version.Id, before, now, version.EffectiveMs);
            before = now;
        }

        return applied;
    }

    public static uint HashOf(AggregateLayout aggregate) => KeyHash.Short(Encoding.UTF8.GetBytes(aggregate.Meaning));
}
