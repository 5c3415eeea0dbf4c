using Microsoft.Extensions.Logging;
using StreamSegmenter.Api;

namespace StreamSegmenter.ConsolePages.Live;

/// <summary>What the engine answered last, for all who have a page open. Asks once a second while somebody looks, and not at all otherwise.</summary>
public sealed class LiveShop(IEngineApi api, TimeProvider clock, ILogger<LiveShop> log) : IDisposable
{
    /// <summary>So many rates are kept: five minutes.</summary>
    public const int RatesMax = 300;

    private const int HappeningsMax = 14;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Data older than this is called stale.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Queue<RatePoint> _rates = new();
    private Task _asking = Task.CompletedTask;
    private int _watchers;
    private EngineStatus? _before;

    /// <summary>On a thread of its own, after each question.</summary>
    public event Action? Changed;

    /// <summary>Null before the first answer.</summary>
    public LiveAnswers? Answers { get; private set; }

    /// <summary>Why there was no answer to the last question; null: there was one.</summary>
    public string? Trouble { get; private set; }

    /// <summary>What is shown is not of now.</summary>
    public bool IsStale => Answers is { } answers && clock.GetUtcNow() - answers.AskedAt > StaleAfter;

    public IReadOnlyList<RatePoint> Rates
    {
        get
        {
            lock (_gate)
            {
                return [.. _rates];
            }
        }
    }

    public IDisposable Watch()
    {
        lock (_gate)
        {
            _watchers++;
            if (_asking.IsCompleted)
            {
                _asking = Task.Run(AskAsync);
            }
        }

        return new Watcher(this);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task AskAsync()
    {
        using var timer = new PeriodicTimer(Interval, clock);
        var stopping = _stopping.Token;
        try
        {
            do
            {
                await AskOnceAsync(stopping);
                Changed?.Invoke();
            }
            while (Volatile.Read(ref _watchers) > 0 && await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private async Task AskOnceAsync(CancellationToken stopping)
    {
        try
        {
            var status = api.Status();
            AddRate(status);
            Answers = (Answers ?? LiveAnswers.Of(status)) with { AskedAt = clock.GetUtcNow(), Status = status };
            Answers = new LiveAnswers(
                clock.GetUtcNow(), status, await api.SegmentsAsync(stopping), await api.RulesAsync(stopping),
                await api.ConversionsAsync(new ConversionQuery(Limit: 90), stopping),
                (await api.TriggersAsync(new TriggerQuery(Limit: HappeningsMax), stopping)).Records,
                (await api.MembershipsAsync(null, null, HappeningsMax, stopping)).Records);
            Trouble = null;
        }
        catch (ApiException e)
        {
            Trouble = e.Message;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Trouble = e.Message;
            log.LogError(e, "The console could not ask the engine.");
        }
    }

    private void AddRate(EngineStatus status)
    {
        if (_before is { } before && status.Now > before.Now)
        {
            lock (_gate)
            {
                _rates.Enqueue(new RatePoint(status.Now, (status.Records - before.Records) / (status.Now - before.Now).TotalSeconds));
                while (_rates.Count > RatesMax)
                {
                    _rates.Dequeue();
                }
            }
        }

        _before = status;
    }

    private sealed class Watcher(LiveShop shop) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Decrement(ref shop._watchers);
            }
        }
    }
}

/// <summary>Records read per second, at an instant.</summary>
public readonly record struct RatePoint(DateTime At, double PerSecond);

/// <summary>One round of answers.</summary>
public sealed record LiveAnswers(
    DateTimeOffset AskedAt, EngineStatus Status, SegmentList? Segments, RuleList? Rules, ConversionReport? Conversions, IReadOnlyList<TriggerRecord> Triggers,
    IReadOnlyList<MembershipRecord> Memberships)
{
    internal static LiveAnswers Of(EngineStatus status) => new(default, status, null, null, null, [], []);
}
