using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Asks the broker where the partitions end that have fallen silent. Silence alone says nothing: a fetch that is stuck, a
/// broker that is away and a partition without traffic look the same from here. Only an end offset that was asked for
/// during the silence, and that is where reading stands, proves that nobody had written anything by then; and only then
/// may the watermark go on without the partition, up to the instant of the question.
/// <para>The end asked for is that of everything written, transactions still open included: they may hold older events.</para></summary>
internal sealed class EndProbe : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private readonly IAdminClient _admin;
    private readonly TimeProvider _clock;
    private readonly ConnectionStatus _status;
    private Task<ListOffsetsResult>? _answer;
    private long _askedAt = long.MinValue;
    private long _askedAtMs;
    private bool _disposed;

    public EndProbe(Handle consumer, TimeProvider clock, ConnectionStatus status)
    {
        _status = status;
        _admin = new DependentAdminClientBuilder(consumer).Build();
        _clock = clock;
    }

    /// <summary>Takes the last answer in, if it is here, and asks anew. Never waits.</summary>
    public void Refresh(Assignment assignment)
    {
        if (_answer is { IsCompleted: true } answer)
        {
            _answer = null;
            Take(assignment, answer);
        }

        if (_answer is null && (_askedAt == long.MinValue || _clock.GetElapsedTime(_askedAt) >= Interval))
        {
            Ask(assignment);
        }
    }

    public void Dispose()
    {
        // The client's own Dispose may be called but once.
        if (!_disposed)
        {
            _disposed = true;
            _admin.Dispose();
        }
    }

    private void Ask(Assignment assignment)
    {
        List<TopicPartitionOffsetSpec>? silent = null;
        foreach (var partition in assignment.Partitions)
        {
            // One that moved since the last question is heard of anyway.
            var moved = partition.Position != partition.PositionAtProbe;
            partition.PositionAtProbe = partition.Position;
            if (!moved && partition is { Answered: true, Held: false, PausedByLane: false } && partition.Position >= partition.EndOffset)
            {
                partition.UnansweredSince = partition.UnansweredSince == 0 ? _clock.GetTimestamp() : partition.UnansweredSince;
                (silent ??= []).Add(new TopicPartitionOffsetSpec
                {
                    TopicPartition = partition.Place, OffsetSpec = OffsetSpec.Latest(),
                });
            }
        }

        _askedAt = _clock.GetTimestamp();
        _askedAtMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (silent is not null)
        {
            _answer = _admin.ListOffsetsAsync(silent, new ListOffsetsOptions
            {
                RequestTimeout = RequestTimeout, IsolationLevel = IsolationLevel.ReadUncommitted,
            });
        }
    }

    private void Take(Assignment assignment, Task<ListOffsetsResult> answer)
    {
        if (!answer.IsCompletedSuccessfully)
        {
            // No answer, no proof: the watermark waits. The exception is looked at so that it is not lost unobserved.
            _ = answer.Exception;
            return;
        }

        foreach (var info in answer.Result.ResultInfos)
        {
            var end = info.TopicPartitionOffsetError;
            // A question that timed out comes back without an error and without an offset.
            if (end.Error.IsError || end.Offset.Value < 0)
            {
                continue;
            }

            _status.Heard();
            if (assignment.Find(end.TopicPartition) is not { } partition)
            {
                continue;
            }

            // Where there is something behind the position, the partition itself is still to be heard: this client may answer, and not fetch.
            partition.UnansweredSince = 0;
            if (partition.Position >= end.Offset.Value)
            {
                partition.Heard = true;
                partition.CaughtUpAtMs = _askedAtMs;
            }
        }
    }
}
