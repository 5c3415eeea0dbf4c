namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Which of a lane's clients fell silent.</summary>
internal enum SilentClient : byte
{
    /// <summary>The consumer: a partition's leader does not get through to it.</summary>
    Partition,

    /// <summary>The consumer: its group's coordinator does not get through to it.</summary>
    Group,

    /// <summary>The reader of the changelog.</summary>
    Restore,

    /// <summary>The producer. It is replaced within the lane, by the next commit.</summary>
    Producer,
}

/// <summary>A client of the lane hears nothing although the brokers answer another connection: the lane must be made anew, with new
/// clients. Nothing is lost, since what is not committed is done again.</summary>
internal sealed class WedgedClientException : Exception
{
    internal WedgedClientException(SilentClient client, string reason, string beliefs)
        : base(reason)
    {
        Client = client;
        Beliefs = beliefs;
    }

    public SilentClient Client { get; }

    /// <summary>What the client holds to be true, out of its statistics: brokers, coordinator, partitions.</summary>
    public string Beliefs { get; }
}
