using System.Text;
using StreamSegmenter.Engine.Reads;
using StreamSegmenter.Engine.Telemetry;

namespace StreamSegmenter.Runtime.Reads;

/// <summary>Asks all lanes of this process about committed state. There is an answer only when it is the whole answer: while partitions are
/// restored, or belong to no lane of this process, what is asked for may be there.</summary>
internal sealed class EngineReads(EngineTelemetry telemetry, TimeProvider clock)
{
    /// <summary>So long an answer is waited for.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _adding = new();
    private volatile Entry[] _lanes = [];

    /// <summary>Partitions of the inputs, over all processes; 0 before they are known.</summary>
    public int Partitions { get; set; }

    /// <summary>The questions to one more lane.</summary>
    public LaneReads AddLane(LaneCounters counters)
    {
        lock (_adding)
        {
            var entry = new Entry(counters, new LaneReads(clock));
            _lanes = [.. _lanes, entry];
            return entry.Reads;
        }
    }

    /// <exception cref="ReadRefusedException">There is no whole answer now.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the time limit passed.</exception>
    public async Task<CustomerAnswer> FindAsync(string customerId, CancellationToken cancellation)
    {
        using var limit = Limited(cancellation);
        var key = Encoding.UTF8.GetBytes(customerId);
        var answers = await Ask(() => new CustomerRead(key, limit.Token), read => read.Answer, limit.Token);
        return new CustomerAnswer(
            answers.Select(answer => answer.Customer).Where(found => found is not null).MaxBy(found => found!.WatermarkMs),
            Union(answers.Select(answer => answer.Partitions)));
    }

    /// <param name="after">Only members whose id comes after this one, byte by byte; empty: from the first one on.</param>
    /// <exception cref="ReadRefusedException">There is no whole answer now.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the time limit passed.</exception>
    public async Task<MembersAnswer> MembersAsync(string segment, string after, int countMax, CancellationToken cancellation)
    {
        using var limit = Limited(cancellation);
        var key = Encoding.UTF8.GetBytes(after);
        var answers = await Ask(() => new MembersRead(segment, key, countMax, limit.Token), read => read.Answer, limit.Token);
        return MembersAnswer.Merge(answers, countMax);
    }

    private async Task<TAnswer[]> Ask<TRead, TAnswer>(Func<TRead> create, Func<TRead, Task<TAnswer>> answerOf, CancellationToken cancellation)
        where TRead : LaneRead
    {
        var lanes = _lanes;
        if (lanes.Length == 0)
        {
            throw new ReadRefusedException(telemetry.Components.First().Reason ?? "the engine starts");
        }

        if (lanes.Select(lane => lane.Counters.Health.WhyNotServing).FirstOrDefault(reason => reason is not null) is { } trouble)
        {
            throw new ReadRefusedException(trouble);
        }

        var answers = new List<Task<TAnswer>>();
        foreach (var lane in lanes)
        {
            var read = create();
            if (!lane.Reads.TryAdd(read))
            {
                throw new ReadRefusedException($"{LaneReads.WaitingMax} reads wait already");
            }

            answers.Add(answerOf(read));
        }

        return await Task.WhenAll(answers).WaitAsync(cancellation);
    }

    private CancellationTokenSource Limited(CancellationToken cancellation)
    {
        var timer = new CancellationTokenSource(TimeLimit, clock);
        var limited = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        limited.Token.Register(timer.Dispose);
        return limited;
    }

    private static IReadOnlyList<int> Union(IEnumerable<IReadOnlyList<int>> partitions) => [.. partitions.SelectMany(some => some).Distinct().Order()];

    private sealed record Entry(LaneCounters Counters, LaneReads Reads);
}
