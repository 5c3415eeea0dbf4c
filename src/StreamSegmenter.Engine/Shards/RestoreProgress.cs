using System.Globalization;
using StreamSegmenter.Engine.Telemetry;

namespace StreamSegmenter.Engine.Shards;

/// <summary>How far the restore of a shard is, how fast it goes, and that its lane is alive: it may take minutes, and whoever asks
/// meanwhile should know whether to wait.</summary>
internal sealed class RestoreProgress(LaneCounters counters, ShardGauges gauges, TimeProvider clock)
{
    private string _what = "";
    private long _startedAt;
    private long _remainingAtStart;

    /// <summary>A checkpoint is being loaded.</summary>
    /// <param name="remaining">Its records still to come.</param>
    public void Loaded(long remaining) => Report("records of its checkpoint", remaining);

    /// <summary>The changelog is being read.</summary>
    /// <param name="remaining">Lines still to come at most.</param>
    public void Read(long remaining)
    {
        gauges.RestoreRemaining = remaining;
        Report("changelog lines", remaining);
    }

    private void Report(string what, long remaining)
    {
        if (_what != what)
        {
            (_what, _remainingAtStart, _startedAt) = (what, remaining, clock.GetTimestamp());
        }

        counters.Health.Heartbeat();
        counters.Health.ReportNotReady(string.Create(
            CultureInfo.InvariantCulture, $"partition {gauges.Partition} is being restored: {remaining} {what} to go{Rate(remaining)}"));
    }

    /// <summary>Over all of the time so far: a restore that stands still is seen to become slower and slower.</summary>
    private string Rate(long remaining)
    {
        var seconds = clock.GetElapsedTime(_startedAt).TotalSeconds;
        var perSecond = seconds > 0 ? (long)((_remainingAtStart - remaining) / seconds) : 0;
        return perSecond <= 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {perSecond} a second, about {(remaining / perSecond) + 1} s left");
    }
}
