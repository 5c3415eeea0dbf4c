using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>How a lane is: it says so itself, and proves by a heartbeat that its thread still goes round.</summary>
internal sealed class LaneHealth
{
    private static readonly TimeSpan ObservationInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>A ready lane goes round many times a second; a turn with a commit takes as long as brokers take to answer it.</summary>
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _clock;
    private volatile State _state = new(LanePhase.NotReady, "starting");
    private volatile Func<string?>? _connection;
    private readonly ConcurrentDictionary<string, Trouble> _troubles = new(StringComparer.Ordinal);
    private readonly Histogram<double> _timeToReady;
    private long _lastHeartbeat;
    private long? _observedAt;
    private long? _unreadySince;

    internal LaneHealth(string name, TimeProvider clock, Histogram<double> timeToReady)
    {
        _timeToReady = timeToReady;
        _unreadySince = clock.GetTimestamp();
        Name = name;
        _clock = clock;
        _lastHeartbeat = clock.GetTimestamp();
    }

    private enum LanePhase : byte
    {
        NotReady,
        Ready,
        Stopped,
    }

    /// <summary>Once per turn of the lane's loop.</summary>
    public void Heartbeat()
    {
        var now = _clock.GetTimestamp();
        Volatile.Write(ref _lastHeartbeat, now);
        if (_observedAt is not { } before || _clock.GetElapsedTime(before, now) >= ObservationInterval)
        {
            _observedAt = now;
            ObserveReadiness(now);
        }
    }

    /// <summary>Restored and connected.</summary>
    public void ReportReady() => _state = new(LanePhase.Ready, null);

    /// <summary>What else must be well for the lane to be ready, beside what it says of itself: its connection.</summary>
    /// <param name="trouble">Says what is wrong, null when nothing is; called from any thread.</param>
    public void WatchConnection(Func<string?> trouble) => _connection = trouble;

    /// <summary>Cannot work now but will by itself: "restoring partition 3", "no broker answers".</summary>
    public void ReportNotReady(string reason)
    {
        _state = new(LanePhase.NotReady, reason);
        _unreadySince ??= _clock.GetTimestamp();
    }

    /// <summary>Ended for good: only a restart of the process helps.</summary>
    public void ReportStopped(string reason) => _state = new(LanePhase.Stopped, reason);

    /// <summary>Something holds the lane up, whatever else it says of itself, until it is taken back: a full disk. On any thread.</summary>
    /// <param name="what">Names it: every thing that can be wrong has its own name.</param>
    /// <param name="reason">Null: no longer.</param>
    public void ReportStall(string what, string? reason) => Report(what, reason, holdsUp: true);

    /// <summary>Something must be seen to, although the lane goes on without it, until it is taken back: a checkpoint that failed.
    /// On any thread.</summary>
    /// <param name="what">Names it: every thing that can be wrong has its own name.</param>
    /// <param name="reason">Null: no longer.</param>
    public void ReportTrouble(string what, string? reason) => Report(what, reason, holdsUp: false);

    public string Name { get; }

    internal bool IsReady => Readiness().Ready;

    /// <summary>Why the state that the lane holds may not be the committed one, or not all of it; null: it is.</summary>
    internal string? WhyNotServing => _state is { Phase: not LanePhase.Ready } state ? state.Reason : _connection?.Invoke();

    internal ComponentState Readiness()
    {
        var state = _state;
        // A lane that stopped has no connection to speak of, nor any other trouble.
        string?[] reasons = state.Phase == LanePhase.Stopped
            ? [state.Reason]
            : [.. Troubles(), state.Reason, _connection?.Invoke(), Slowness(state)];
        var reason = string.Join("; ", reasons.Where(reason => reason is not null));
        return new(Name, reason.Length == 0, reason.Length == 0 ? null : reason);
    }

    private void ObserveReadiness(long now)
    {
        var isReady = _state.Phase == LanePhase.Ready && _connection?.Invoke() is null && _troubles.IsEmpty;
        if (!isReady)
        {
            _unreadySince ??= now;
        }
        else if (_unreadySince is { } since)
        {
            _timeToReady.Record(_clock.GetElapsedTime(since, now).TotalSeconds);
            _unreadySince = null;
        }
    }

    /// <summary>A lane that is not ready has given the reason why its turn takes so long.</summary>
    private string? Slowness(State state) => state.Phase == LanePhase.Ready && SinceHeartbeat() is var silent && silent > SlowAfter
        ? NoTurnFor(silent)
        : null;

    private static string NoTurnFor(TimeSpan silent) => string.Create(CultureInfo.InvariantCulture, $"its loop made no turn for {(long)silent.TotalSeconds} s");

    private IEnumerable<string> Troubles() =>
        _troubles.OrderBy(known => known.Key, StringComparer.Ordinal).Select(known => $"{known.Key}: {known.Value.Reason}");

    private void Report(string what, string? reason, bool holdsUp)
    {
        if (reason is null)
        {
            _troubles.TryRemove(what, out _);
        }
        else
        {
            _troubles[what] = new(reason, holdsUp);
        }
    }

    internal ComponentState Liveness(TimeSpan stuckAfter)
    {
        var state = _state;
        if (state.Phase == LanePhase.Stopped)
        {
            return new(Name, false, "stopped: " + state.Reason);
        }

        // A lane that is not ready may wait for a broker inside one turn for as long as it takes; a restart would not help it.
        var silent = SinceHeartbeat();
        return state.Phase == LanePhase.NotReady || _troubles.Values.Any(trouble => trouble.HoldsUp) || silent <= stuckAfter
            ? new(Name, true, null)
            : new(Name, false, NoTurnFor(silent));
    }

    internal TimeSpan SinceHeartbeat() => _clock.GetElapsedTime(Volatile.Read(ref _lastHeartbeat));

    private sealed record State(LanePhase Phase, string? Reason);

    private sealed record Trouble(string Reason, bool HoldsUp);
}
