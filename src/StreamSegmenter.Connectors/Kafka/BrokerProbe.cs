using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What the brokers said over another connection.</summary>
/// <param name="Ends">The end of what can be read, of those partitions whose leader answered.</param>
/// <param name="CoordinatorAnswers">The group's coordinator answered, and the group waits for none of its members.</param>
internal sealed record ProbeAnswer(IReadOnlyDictionary<TopicPartition, long> Ends, bool CoordinatorAnswers);

/// <summary>Asks the brokers over connections opened for the question, so that a client which hears nothing can be told from brokers
/// that say nothing. A broker counts as reachable once it has answered for a while: a client gets as long to find it again.
/// One question at a time. Lane's thread only.</summary>
internal sealed class BrokerProbe(KafkaSettings settings, int lane, TimeProvider clock)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(10);

    private readonly Dictionary<TopicPartition, long> _answersSince = [];
    private Task<ProbeAnswer>? _answer;
    private long _coordinatorAnswersSince;
    private long _askedAt;

    /// <summary>The silence from which on a client must be replaced.</summary>
    public TimeSpan SilenceMax { get; } = TimeSpan.FromMilliseconds(settings.SilenceMaxMs);

    /// <summary>The silence from which on to ask.</summary>
    public TimeSpan AskAfter => SilenceMax - Patience;

    private TimeSpan Patience => SilenceMax / 2 < PatienceMax ? SilenceMax / 2 : PatienceMax;

    /// <summary>Asks, unless a question is under way or the last one was a moment ago. Never waits.</summary>
    /// <param name="places">Partitions whose end is asked for.</param>
    /// <param name="aboutGroup">Whether the coordinator of the lane's group is asked, too.</param>
    /// <returns>The answer to the question before, once, of those who have answered for a while; null: it is not here yet.</returns>
    public ProbeAnswer? Ask(IReadOnlyCollection<TopicPartition> places, bool aboutGroup)
    {
        if (_answer is { IsCompleted: true } answer)
        {
            _answer = null;
            return Confirmed(answer.Result);
        }

        if (_answer is null && (_askedAt == 0 || clock.GetElapsedTime(_askedAt) >= Interval))
        {
            _askedAt = clock.GetTimestamp();
            var copy = places.ToList();
            _answer = Task.Run(() => Answer(copy, aboutGroup));
        }

        return null;
    }

    /// <summary>The silence is over: what comes in answer is of the past.</summary>
    public void Forget()
    {
        _answer = null;
        _coordinatorAnswersSince = 0;
        _answersSince.Clear();
    }

    private ProbeAnswer Confirmed(ProbeAnswer answer)
    {
        foreach (var place in _answersSince.Keys.Where(place => !answer.Ends.ContainsKey(place)).ToArray())
        {
            _answersSince.Remove(place);
        }

        foreach (var place in answer.Ends.Keys)
        {
            _answersSince.TryAdd(place, _askedAt);
        }

        _coordinatorAnswersSince = !answer.CoordinatorAnswers ? 0 : _coordinatorAnswersSince == 0 ? _askedAt : _coordinatorAnswersSince;
        return new ProbeAnswer(
            answer.Ends.Where(end => HasAnsweredLong(_answersSince[end.Key])).ToDictionary(), HasAnsweredLong(_coordinatorAnswersSince));
    }

    private bool HasAnsweredLong(long since) => since != 0 && clock.GetElapsedTime(since) >= Patience;

    private ProbeAnswer Answer(List<TopicPartition> places, bool aboutGroup)
    {
        try
        {
            using var admin = new AdminClientBuilder(ClientConfigs.Probe(settings, lane))
                .SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
            return new ProbeAnswer(places.Count > 0 ? EndsOf(admin, places) : Ends([]), aboutGroup && CoordinatorAnswers(admin));
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            return new ProbeAnswer(Ends([]), false);
        }
    }

    private static IReadOnlyDictionary<TopicPartition, long> EndsOf(IAdminClient admin, List<TopicPartition> places)
    {
        var questions = places.Select(place => new TopicPartitionOffsetSpec { TopicPartition = place, OffsetSpec = OffsetSpec.Latest() });
        var options = new ListOffsetsOptions { RequestTimeout = RequestTimeout, IsolationLevel = IsolationLevel.ReadCommitted };
        try
        {
            return Ends(admin.ListOffsetsAsync(questions, options).GetAwaiter().GetResult().ResultInfos.Select(info => info.TopicPartitionOffsetError));
        }
        catch (ListOffsetsException e)
        {
            return Ends(e.Result.ResultInfos.Select(info => info.TopicPartitionOffsetError));
        }
    }

    // A question that timed out comes back without an error and without an offset.
    private static IReadOnlyDictionary<TopicPartition, long> Ends(IEnumerable<TopicPartitionOffsetError> answers) => answers
        .Where(end => !end.Error.IsError && end.Offset.Value >= 0)
        .ToDictionary(end => end.TopicPartition, end => end.Offset.Value);

    private bool CoordinatorAnswers(IAdminClient admin)
    {
        try
        {
            return IsCoordinatorReached() && GroupQuestion.Ask(admin, settings.GroupId, RequestTimeout) is { } group && IsSettled(group.Error.Code, group.State);
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    /// <summary>Asks for an offset, a question that ends when its time is over. One about the group ends only with an answer
    /// (<see cref="GroupQuestion"/>), and what the client library keeps for it is kept for ever without: so it is put only to a
    /// coordinator that answers.</summary>
    private bool IsCoordinatorReached()
    {
        using var asker = new ConsumerBuilder<Ignore, Ignore>(ClientConfigs.GroupProbe(settings, lane))
            .SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        try
        {
            _ = asker.Committed([new TopicPartition(settings.Outputs.Changelog, 0)], RequestTimeout);
            return true;
        }
        catch (KafkaException e)
        {
            // A refusal is an answer.
            return e.Error.IsBrokerError;
        }
    }

    /// <summary>While a group of the classic protocol waits for its members, a healthy one hears nothing either. Brokers that know no
    /// such question were reached: the coordinator is found before it is asked.</summary>
    private static bool IsSettled(ErrorCode error, ConsumerGroupState state) => error switch
    {
        ErrorCode.NoError => state != ConsumerGroupState.PreparingRebalance,
        ErrorCode.Local_UnsupportedFeature or ErrorCode.GroupIdNotFound => true,
        _ => false,
    };
}
