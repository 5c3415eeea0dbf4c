using System.Globalization;
using System.Runtime.ExceptionServices;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Lanes;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>A lane of a replay on its thread.</summary>
internal sealed class ReplayLane : IDisposable
{
    private readonly Thread _thread;
    private readonly CancellationTokenSource _failing;
    private ExceptionDispatchInfo? _failure;

    public ReplayLane(Lane lane, ReplayLaneSource source, ReplaySink sink, CancellationTokenSource failing)
    {
        Lane = lane;
        Source = source;
        Sink = sink;
        _failing = failing;
        _thread = new Thread(Run) { IsBackground = true, Name = "replay lane" };
        _thread.Start();
    }

    public Lane Lane { get; }

    public ReplayLaneSource Source { get; }

    public ReplaySink Sink { get; }

    public void Join() => _thread.Join();

    /// <summary>Rethrows what stopped the lane, if anything did.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public void Dispose() => Lane.Dispose();

    private void Run()
    {
        try
        {
            var outcome = Lane.Run(_failing.Token);
            if (outcome.Status != CommitStatus.Committed)
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture, $"A replay's lane ended as {outcome.Status}: {outcome.Reason}"));
            }
        }
        catch (Exception e)
        {
            // Carried to the thread that runs the replay; the reader must not wait for a lane that is gone.
            _failure = ExceptionDispatchInfo.Capture(e);
            _failing.Cancel();
        }
    }
}
