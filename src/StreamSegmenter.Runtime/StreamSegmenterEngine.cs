using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Runtime;

/// <summary>The engine on Kafka, in your own process: what <c>streamsegmenter run</c> does, with its outputs as observables.
/// <code>
/// await using var engine = StreamSegmenterEngine.Load("shop.yaml");
/// engine.Outputs.CartAbandoned.Subscribe(trigger => Console.WriteLine(trigger.CustomerId));
/// await engine.RunAsync(stop);
/// </code>
/// It reads the configured topics and writes its results to Kafka as the command does, exactly once by default; the observables are a view
/// of what was committed. Several processes of one group share the work. Metrics are those of the meter <c>StreamSegmenter</c>
/// (System.Diagnostics.Metrics). Safe for use from any thread.</summary>
public sealed class StreamSegmenterEngine : IAsyncDisposable
{
    private readonly CancellationTokenSource _disposing = new();
    private int _runs;
    private Task _running = Task.CompletedTask;

    internal StreamSegmenterEngine(StreamSegmenterConfiguration configuration, StreamSegmenterOptions options) =>
        Kafka = new KafkaEngine(configuration, options.Time, options.Report);

    /// <summary>Everything that the engine emits. Subscribe before <see cref="RunAsync"/>: an observer gets what is committed from its
    /// subscription on.</summary>
    public EngineOutputs Outputs => Kafka.Outputs;

    internal KafkaEngine Kafka { get; }

    /// <summary>Reads and checks a configuration file. Starts nothing and reaches no broker.</summary>
    /// <exception cref="ConfigurationException">The file has errors; the message has all of them, each with its place.</exception>
    public static StreamSegmenterEngine Load(string path, StreamSegmenterOptions? options = null)
    {
        options ??= new StreamSegmenterOptions();
        return new StreamSegmenterEngine(ConfigurationException.LoadOrThrow(path, ConfigurationUse.Run, options), options);
    }

    /// <summary>Runs until <paramref name="stop"/> is cancelled: then every lane makes a last commit and leaves its group, within
    /// <c>engine.shutdownDeadline</c>. While no broker answers it keeps trying. The outputs complete before the task does. Once only.</summary>
    /// <exception cref="EngineStoppedException">The topics do not fit, a lane cannot go on, or the deadline passed.</exception>
    /// <exception cref="ConfigurationException">A folder of schemas or a mapping does not fit.</exception>
    /// <exception cref="AggregateException">All went well, but observers threw; they were unsubscribed when they did.</exception>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public Task RunAsync(CancellationToken stop = default)
    {
        if (Interlocked.Exchange(ref _runs, 1) != 0)
        {
            throw new InvalidOperationException("An engine runs once: load another one.");
        }

        return _running = RunOnceAsync(stop);
    }

    /// <summary>Stops the engine as the cancellation of <see cref="RunAsync"/> does and waits for its end. How it ended is for
    /// the caller of <see cref="RunAsync"/>: nothing is thrown here.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Kafka.Dispose();
        _disposing.Dispose();
    }

    private async Task RunOnceAsync(CancellationToken stop)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop, _disposing.Token);
        try
        {
            await Kafka.RunAsync(stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            Outputs.Complete();
        }

        if (Outputs.Failures is { Count: > 0 } failures)
        {
            throw new AggregateException("Observers of the engine's outputs threw and were unsubscribed.", failures);
        }
    }
}
