using System.Globalization;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>How long the commit that is running may go on: until its time is over, the lane must stop, or nothing has been heard for
/// <c>kafka.silenceMax</c> although the changelog's leaders answer another connection. Then the producer is the one that hears
/// nothing, and as after any trouble the next commit has another. Lane's thread only.</summary>
internal sealed class CommitDeadline(KafkaSettings settings, BrokerProbe probe, TimeProvider clock)
{
    private CancellationToken _cancellation;
    private Func<IReadOnlyCollection<TopicPartition>> _changelog = () => [];
    private bool _awaitsGroup;
    private long _startedAt;
    private long _heardAt;
    private string? _silence;

    /// <summary>Hears why a producer is replaced.</summary>
    public Action<string>? Replaced { get; set; }

    /// <summary>Takes it in when it is not the producer but the consumer that hears nothing.</summary>
    public ConsumerWatch? ConsumerWatch { get; init; }

    /// <summary>Who answers the producer.</summary>
    public ProduceAnswers Answers { get; } = new(clock);

    /// <summary>The lane must stop, time left or not.</summary>
    public bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>More words with the brokers are a waste of time: there is none, or the producer hears nothing.</summary>
    public bool IsHopeless => IsCancelled || _silence is not null;

    /// <summary>Why to give up, once it has passed.</summary>
    public string Reason => IsCancelled ? "there is no more time, the process stops" : _silence ?? OutOfTime;

    /// <summary>What it means that there is no time left.</summary>
    public string OutOfTime => string.Create(CultureInfo.InvariantCulture, $"gave up after {settings.CommitTimeoutMs} ms (kafka.commitTimeout)")
        + (_changelog().Any(IsAnswered) ? "; the brokers answer, but do not confirm these records: are fewer replicas in sync than min.insync.replicas asks for?" : "");

    private TimeSpan TimeLeft
    {
        get
        {
            var left = TimeSpan.FromMilliseconds(settings.CommitTimeoutMs) - clock.GetElapsedTime(_startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>A commit begins now.</summary>
    /// <param name="changelog">The partitions that it writes; asked for when it hears nothing.</param>
    public void Begin(Func<IReadOnlyCollection<TopicPartition>> changelog, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _changelog = changelog;
        _silence = null;
        Answers.Begin();
        _startedAt = clock.GetTimestamp();
        Heard();
    }

    /// <summary>Something of it is done.</summary>
    public void Heard()
    {
        _heardAt = clock.GetTimestamp();
        probe.Forget();
    }

    /// <summary>There is nothing left to wait for: give up.</summary>
    public bool HasPassed() => IsCancelled || TimeLeft == TimeSpan.Zero || IsWedged();

    /// <summary>How long a call may last that cannot be cancelled: a slice, or what is left.</summary>
    public TimeSpan AtMost(TimeSpan slice)
    {
        var left = TimeLeft;
        return left < slice ? left : slice;
    }

    /// <summary>A retriable error means the client could not finish in time and may be asked to go on.</summary>
    /// <exception cref="KafkaException">It cannot, or the deadline has passed.</exception>
    public void Repeat(Action step)
    {
        while (true)
        {
            try
            {
                step();
                Heard();
                return;
            }
            catch (KafkaRetriableException) when (!HasPassed())
            {
            }
        }
    }

    /// <summary>Runs a step that waits for the group's coordinator through the lane's consumer: a silence in it is the consumer's.</summary>
    /// <exception cref="KafkaException">The coordinator refuses, or the deadline has passed.</exception>
    public void AwaitGroup(Action step)
    {
        Heard();
        _awaitsGroup = true;
        try
        {
            step();
            Heard();
        }
        finally
        {
            _awaitsGroup = false;
        }
    }

    private bool IsAnswered(TopicPartition place) => Answers.AnsweredWithin(probe.SilenceMax, place);

    private bool IsWedged()
    {
        var silence = clock.GetElapsedTime(_heardAt);
        if (_silence is null && silence > probe.AskAfter && probe.Ask(_awaitsGroup ? [] : _changelog(), _awaitsGroup) is { } answer
            && (_awaitsGroup ? answer.CoordinatorAnswers : answer.Ends.Keys.Any(place => !IsAnswered(place))) && silence > probe.SilenceMax)
        {
            var seconds = string.Create(CultureInfo.InvariantCulture, $"{(long)silence.TotalSeconds} s");
            if (_awaitsGroup)
            {
                _silence = $"the coordinator of group '{settings.GroupId}' has not answered a commit for {seconds}, although it answers another connection";
                ConsumerWatch!.Suspicion = (SilentClient.Group, _silence);
            }
            else
            {
                _silence = $"a commit has heard nothing for {seconds}, although the changelog's leaders answer another connection";
                Replaced?.Invoke(_silence);
            }
        }

        return _silence is not null;
    }
}
