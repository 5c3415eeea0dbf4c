using System.Globalization;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>Changes shards over to the next version of the definitions, at the one place where a shard holds nothing uncommitted: behind a
/// commit. Each shard does so when its watermark stands right before the version's instant, so that every event is folded under the
/// version of its own time, whenever and wherever that happens; the shard's next record says so. A process that dies in between
/// comes back to the same place and changes over again.</summary>
internal sealed class ChangeOver(LaneContext lane, Action<string>? report)
{
    /// <summary>A shard waits for it: its next commit is due at once.</summary>
    public bool IsDue()
    {
        foreach (var shard in lane.Shards.Values)
        {
            if (IsDue(shard))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>To be called right behind a commit that succeeded.</summary>
    public void Run()
    {
        var changed = false;
        foreach (var shard in lane.Shards.Values)
        {
            if (IsDue(shard))
            {
                Run(shard);
                changed = true;
            }
        }

        if (changed)
        {
            lane.ForgetFolds();
        }
    }

    private static bool IsDue(Shard shard) => shard.StandsBeforeChange && !shard.HasTimersDue;

    private void Run(Shard shard)
    {
        try
        {
            shard.ChangeOver();
            lane.Counters.VersionChanges++;
        }
        catch (StateDamagedException)
        {
            // The lane looks at its stores before it goes on: this one is restored, under the version of its record.
            return;
        }

        var lateMs = shard.Applied.EffectiveMs - shard.Version.EffectiveMs;
        if (lateMs > 0)
        {
            lane.Counters.VersionChangesLate++;
            report?.Invoke(string.Create(
                CultureInfo.InvariantCulture,
                $"partition {shard.Partition}: version '{shard.Version.Id}' of the definitions came when the partition was past its instant; it holds from "
                + $"{DateTimeOffset.FromUnixTimeMilliseconds(shard.Applied.EffectiveMs):yyyy-MM-dd'T'HH:mm:ss.fff'Z'} on, {lateMs} ms later than in others. Publish with a later instant."));
        }
    }
}
