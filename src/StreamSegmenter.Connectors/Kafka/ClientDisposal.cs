namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Ends clients within a bound. One that does not end is abandoned: it goes on ending by itself, on another thread, and nothing
/// uses it any more.</summary>
internal static class ClientDisposal
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(3);

    public static void Run(IDisposable? client)
    {
        if (client is not null)
        {
            TryRun(client.Dispose);
        }
    }

    /// <returns>False: it goes on by itself, or it failed.</returns>
    public static bool TryRun(Action ending)
    {
        var task = Task.Run(ending);
        try
        {
            return task.Wait(Bound);
        }
        catch (AggregateException e) when (e.InnerException is Confluent.Kafka.KafkaException)
        {
            return false;
        }
    }
}
