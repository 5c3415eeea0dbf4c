using StreamSegmenter.Engine.Telemetry;

namespace StreamSegmenter.Host.Running;

/// <summary>Logs when the engine becomes ready or ceases to be, and nothing while that stays as it is: figures are on <c>/metrics</c>.</summary>
internal sealed class ReadinessLog(RunLog log, IReadiness readiness, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A reason that counts, such as the records left of a restore, changes at each look.
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(30);

    private bool? _wasReady;
    private string _reasons = "";
    private long _loggedAt;

    /// <summary>Looks again and again until the work is done.</summary>
    public async Task FollowAsync(Task work)
    {
        while (await Task.WhenAny(work, Task.Delay(Interval, time)) != work)
        {
            Look();
        }

        await work;
    }

    /// <summary>Logs what has changed since the last look.</summary>
    public void Look()
    {
        var reasons = string.Join("; ", readiness.Components
            .Where(component => !component.Ready).Select(component => $"{component.Component}: {component.Reason}"));
        var ready = readiness.IsReady;
        if (ready == _wasReady && (reasons == _reasons || time.GetElapsedTime(_loggedAt) < RepeatInterval))
        {
            return;
        }

        (_wasReady, _reasons, _loggedAt) = (ready, reasons, time.GetTimestamp());
        if (ready)
        {
            log.Info("readiness", "ready");
        }
        else
        {
            log.Warn("readiness", "not ready: " + reasons);
        }
    }
}
