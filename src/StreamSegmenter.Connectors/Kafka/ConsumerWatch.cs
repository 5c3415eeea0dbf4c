using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Notices that a lane's consumer hears nothing although the brokers answer others. A silence counts as the client's fault when
/// it has lasted for <c>kafka.silenceMax</c> and another connection reaches the very broker that should have spoken:
/// <list type="bullet">
/// <item>a partition's leader: it has records behind the position, or the client's own question for its end stays unanswered, or the
/// client refuses to go back to a position;</item>
/// <item>the group's coordinator, which a member hears every few seconds, while the group waits for no other member.</item>
/// </list>
/// Records that wait in the client's queue for their turn, partitions that the lane holds or has paused, and time in which the lane did not
/// poll are no silence. The queue hands records out in the order in which they came: what is still in it after all that came before has
/// lost its way. Lane's thread only.</summary>
internal sealed class ConsumerWatch(KafkaSettings settings, BrokerProbe probe, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PollGapMax = TimeSpan.FromSeconds(2);
    private readonly List<AssignedPartition> _silent = [];
    private long _coordinatorHeardAt;
    private long _checkedAt;
    private long _pollingSince;
    private long _takenBefore;
    private string _statistics = "{}";

    /// <summary>Why another part of the lane finds that the consumer hears nothing; the next check throws it.</summary>
    public (SilentClient Client, string Reason)? Suspicion { get; set; }

    /// <summary>How many records and ends of partitions the lane has taken out of the client's queue.</summary>
    public long Taken { get; set; }

    /// <summary>What the client holds to be true.</summary>
    public string Beliefs => ClientStatistics.Describe(_statistics);

    public void ReadStatistics(string json, JsonElement statistics, Assignment assignment)
    {
        _statistics = json;
        if (ClientStatistics.CoordinatorSilence(statistics) is { } silence)
        {
            _coordinatorHeardAt = Math.Max(_coordinatorHeardAt, clock.GetTimestamp() - (long)(silence.TotalSeconds * clock.TimestampFrequency));
        }

        NoteQueued([.. ClientStatistics.Queued(statistics)], assignment);
    }

    private void NoteQueued(IReadOnlyList<(string Topic, int Partition, long Records)> queued, Assignment assignment)
    {
        var moves = Taken > _takenBefore;
        _takenBefore = Taken;
        foreach (var (topic, partition, _) in queued)
        {
            if (assignment.Find(new TopicPartition(topic, partition)) is { } found)
            {
                found.QueuedUntil = found.QueuedUntil == 0 ? Taken + queued.Sum(other => other.Records) : found.QueuedUntil;
                found.Heard |= moves && Taken <= found.QueuedUntil;
            }
        }
    }

    /// <summary>Once per poll.</summary>
    /// <exception cref="WedgedClientException">The client must be replaced.</exception>
    public void Check(Assignment assignment)
    {
        if (Suspicion is { } suspicion)
        {
            throw new WedgedClientException(suspicion.Client, suspicion.Reason, Beliefs);
        }

        var now = clock.GetTimestamp();
        var gap = clock.GetElapsedTime(_checkedAt, now);
        if (gap < Interval)
        {
            return;
        }

        if (_checkedAt == 0 || gap > PollGapMax)
        {
            _pollingSince = now;
        }

        _checkedAt = now;
        FindSilent(assignment, now);
        var isCoordinatorSilent = Silence(_coordinatorHeardAt, now) > probe.AskAfter;
        if (_silent.Count == 0 && !isCoordinatorSilent)
        {
            probe.Forget();
        }
        else if (probe.Ask([.. _silent.Select(partition => partition.Place)], isCoordinatorSilent) is { } answer)
        {
            Judge(answer, isCoordinatorSilent, now);
        }
    }

    private void FindSilent(Assignment assignment, long now)
    {
        _silent.Clear();
        foreach (var partition in assignment.Partitions)
        {
            if (partition.Heard || partition.HeardAt == 0 || partition is { Held: true, IsSeekRefused: false } || partition.PausedByLane)
            {
                partition.Heard = false;
                partition.HeardAt = now;
                partition.UnansweredSince = 0;
            }
            else if (Silence(partition.HeardAt, now) > probe.AskAfter)
            {
                _silent.Add(partition);
            }
        }
    }

    private void Judge(ProbeAnswer answer, bool isCoordinatorSilent, long now)
    {
        foreach (var partition in _silent)
        {
            if (!answer.Ends.TryGetValue(partition.Place, out var end))
            {
                continue;
            }

            var owesAnswer = end > partition.Position || partition.UnansweredSince != 0 || partition.IsSeekRefused;
            if (owesAnswer && Silence(Math.Max(partition.HeardAt, partition.UnansweredSince), now) > probe.SilenceMax)
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"partition {partition.Place.Partition.Value} of '{partition.Place.Topic}'");
                var fault = partition.IsSeekRefused
                    ? string.Create(CultureInfo.InvariantCulture, $"{place} is not taken back to offset {partition.HeldAt}: its client has refused for ")
                    : string.Create(CultureInfo.InvariantCulture, $"{place} has been silent at offset {partition.Position} for ");
                throw new WedgedClientException(
                    SilentClient.Partition,
                    string.Create(CultureInfo.InvariantCulture, $"{fault}{Seconds(partition.HeardAt, now)}, although its leader answers another connection (it can be read to {end})"),
                    Beliefs);
            }

            // Otherwise there was nothing to hear.
            partition.HeardAt = owesAnswer ? partition.HeardAt : now;
        }

        if (isCoordinatorSilent && answer.CoordinatorAnswers && Silence(_coordinatorHeardAt, now) > probe.SilenceMax)
        {
            throw new WedgedClientException(
                SilentClient.Group,
                $"the coordinator of group '{settings.GroupId}' has been silent for {Seconds(_coordinatorHeardAt, now)}, although it answers another connection",
                Beliefs);
        }
    }

    private TimeSpan Silence(long since, long now) => clock.GetElapsedTime(Math.Max(since, _pollingSince), now);

    private string Seconds(long since, long now) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)Silence(since, now).TotalSeconds} s");
}
