using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>One line of librdkafka's log.</summary>
/// <param name="Severity">As syslog counts: 0 emergency … 3 error, 4 warning, 6 info, 7 debug.</param>
public readonly record struct ClientLog(int Severity, string Client, string Facility, string Text);

/// <summary>What a lane knows of its connection. Written on the lane's thread, read from any.</summary>
public sealed class ConnectionStatus
{
    private volatile bool _connected;
    private volatile string? _lastError;
    private volatile Fault? _fatal;

    /// <summary>At least one broker answers. False before the first answer.</summary>
    public bool IsConnected => _connected;

    /// <summary>The last trouble, null when there was none since the connection was last known to be good.</summary>
    public string? LastError => _lastError;

    internal void Connected()
    {
        if (!_connected)
        {
            _connected = true;
            _lastError = null;
        }
    }

    internal void Troubled(string reason) => _lastError = reason;

    /// <summary>Takes in an error that librdkafka reports beside the records.</summary>
    internal void Report(Error error)
    {
        _lastError = $"{error.Code}: {error.Reason}";
        if (error.IsFatal)
        {
            _fatal = new Fault(_lastError);
        }

        if (error.Code is ErrorCode.Local_AllBrokersDown)
        {
            _connected = false;
        }
    }

    /// <summary>librdkafka's statistics tell each broker's state; there is no other way to ask for it.</summary>
    internal void ReadStatistics(string json)
    {
        if (!_connected && json.Contains("\"state\":\"UP\"", StringComparison.Ordinal))
        {
            Connected();
        }
    }

    /// <exception cref="KafkaLaneException">A fatal error was reported.</exception>
    internal void ThrowIfFatal()
    {
        if (_fatal is { } fatal)
        {
            throw new KafkaLaneException(
                $"Kafka client failed for good: {fatal.Reason}. Restart the process; if another one runs with the same "
                + "'instanceId' in this group, give each its own.");
        }
    }

    private sealed record Fault(string Reason);
}
