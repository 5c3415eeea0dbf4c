namespace StreamSegmenter.Integration;

/// <summary>What a <see cref="BrokerProxy"/> does to the connections that it hits.</summary>
/// <param name="Hits">Decides with every request, so that a connection can be known by what it has requested so far.</param>
internal sealed record ProxyFault(Func<ProxyConnection, bool> Hits)
{
    /// <summary>Bytes to the broker vanish.</summary>
    public bool SwallowsRequests { get; init; }

    /// <summary>Bytes to the client vanish.</summary>
    public bool SwallowsAnswers { get; init; }

    /// <summary>Requests arrive so much later.</summary>
    public TimeSpan Delay { get; init; }

    public static ProxyFault Silence(Func<ProxyConnection, bool> hits) => new(hits) { SwallowsRequests = true, SwallowsAnswers = true };

    /// <summary>Of a lane's own clients, old connections and new; the probe's get through.</summary>
    public static ProxyFault SilenceOfTheLane() => Silence(connection => connection.IsOfALane);
}
