using System.Globalization;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>One line of librdkafka's log.</summary>
/// <param name="Severity">As syslog counts: 0 emergency … 3 error, 4 warning, 6 info, 7 debug.</param>
internal readonly record struct ClientLog(int Severity, string Client, string Facility, string Text);

/// <summary>What a lane knows of its connection. Written on the lane's thread, read from any.</summary>
/// <param name="clock">Tells how long something lasts; null: nobody asks.</param>
internal sealed class ConnectionStatus(TimeProvider? clock = null)
{
    /// <summary>A lane whose partitions are open hears of its brokers several times a second.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);

    private volatile bool _connected;
    private volatile string? _lastError;
    private volatile string? _refusal;
    private volatile string? _held;
    private volatile Fault? _fatal;
    private volatile bool _joining = true;
    private volatile bool _takingUp;
    private volatile bool _hasJoined;
    private volatile string? _step;
    private long _joiningSince = clock?.GetTimestamp() ?? 0;
    private long _heardAt = clock?.GetTimestamp() ?? 0;

    /// <summary>At least one broker answers. False before the first answer.</summary>
    public bool IsConnected => _connected;

    /// <summary>The last trouble, null when there was none since the connection was last known to be good.</summary>
    public string? LastError => _lastError;

    /// <summary>Why the lane cannot work at this moment, for an operator; null when nothing speaks against it.</summary>
    public string? Trouble
    {
        get
        {
            if (_fatal is { } fatal)
            {
                return fatal.Reason;
            }

            if (!_connected)
            {
                return _lastError is { } error ? $"no broker answers: {error}" : "no broker has answered yet";
            }

            if (_takingUp)
            {
                return "takes up its partitions" + (_step is { } step ? ": " + step : "");
            }

            return _joining
                ? $"has waited {Seconds(Volatile.Read(ref _joiningSince))} for its group to give it partitions"
                    + (_refusal is { } refusal ? $": {refusal}" : "")
                : _held ?? (Since(Volatile.Read(ref _heardAt)) > SilenceMax
                    ? $"no broker has answered for {Seconds(Volatile.Read(ref _heardAt))}"
                    : null);
        }
    }

    /// <summary>The group has given the lane partitions before, were it none.</summary>
    internal bool HasJoined => _hasJoined;

    /// <summary>The client can never work again.</summary>
    internal bool IsFatal => _fatal is not null;

    internal void Connected()
    {
        Heard();
        if (!_connected)
        {
            _connected = true;
            _lastError = null;
        }
    }

    /// <summary>A broker answered, or there is nothing that it should answer.</summary>
    internal void Heard() => Volatile.Write(ref _heardAt, clock?.GetTimestamp() ?? 0);

    /// <summary>The group gave the lane its partitions, were it none; now they are restored, one after the other.</summary>
    internal void TakingUp()
    {
        _takingUp = true;
        _hasJoined = true;
        _joining = false;
        _refusal = null;
        Connected();
    }

    /// <summary>What a restore does now, and whom it may have to wait for.</summary>
    internal void Restoring(string step) => _step = step;

    /// <summary>All of them are restored.</summary>
    internal void TakenUp()
    {
        _takingUp = false;
        _step = null;
    }

    /// <summary>The group took the partitions away and will give others.</summary>
    internal void Joining()
    {
        Volatile.Write(ref _joiningSince, clock?.GetTimestamp() ?? 0);
        _joining = true;
    }

    /// <summary>Why a partition stands still although the brokers are there; null when none does.</summary>
    internal void Hold(string? reason) => _held = reason;

    internal void Troubled(string reason) => _lastError = reason;

    /// <summary>Takes in an error that librdkafka reports beside the records.</summary>
    internal void Report(Error error)
    {
        if (error.Code is ErrorCode.Local_AllBrokersDown)
        {
            _connected = false;
            // Why they are was said before: refused, a wrong password, a certificate that nobody knows.
            _lastError ??= ErrorText.Of(error);
            return;
        }

        _lastError = ErrorText.Of(error);
        if (error.IsBrokerError)
        {
            _refusal = _lastError;
        }

        if (error.IsFatal)
        {
            _fatal = new Fault(_lastError);
        }
    }

    /// <summary>Takes in a line of librdkafka's log: of a connection that the other side closes, nothing else tells.</summary>
    internal void Report(LogMessage line)
    {
        if (line.Facility == "FAIL")
        {
            _lastError = ErrorText.Of(line.Message[(line.Message.IndexOf("]: ", StringComparison.Ordinal) + 1)..].TrimStart(':', ' '));
        }
    }

    /// <exception cref="KafkaLaneException">A fatal error was reported.</exception>
    internal void ThrowIfFatal()
    {
        if (_fatal is { } fatal)
        {
            throw new KafkaLaneException(
                $"Kafka client failed for good: {fatal.Reason}. Restart the process; if another one runs with the same "
                + "kafka.instance in this group, give each its own.");
        }
    }

    private TimeSpan Since(long timestamp) => clock?.GetElapsedTime(timestamp) ?? TimeSpan.Zero;

    private string Seconds(long since) => string.Create(CultureInfo.InvariantCulture, $"{(long)Since(since).TotalSeconds} s");

    private sealed record Fault(string Reason);
}
