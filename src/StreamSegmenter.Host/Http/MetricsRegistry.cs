using Prometheus;

namespace StreamSegmenter.Host.Http;

/// <summary>What <c>/metrics</c> serves: the instruments of one meter, and prometheus-net's metrics of the process and the .NET runtime.
/// The registry is the server's own, not prometheus-net's static one: what other code of the process registers there stays there.</summary>
internal sealed class MetricsRegistry : IDisposable
{
    private readonly MeterBridge _bridge;

    public MetricsRegistry(string meterName)
    {
        DotNetStats.Register(Registry);
        _bridge = new MeterBridge(meterName, Registry);
    }

    internal CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Answers one scrape: Prometheus text or OpenMetrics, whichever the Accept header prefers; 503 with the reason when an instrument
    /// fails, because figures of an earlier scrape must not pass for present ones.</summary>
    public RequestDelegate Exporter(IApplicationBuilder pipeline) => pipeline
        .Use(async (context, next) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Vary = "Accept";
            // prometheus-net swallows what its own hook before a collection throws.
            if (Collect() is { } failure)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                await context.Response.WriteAsync(failure, context.RequestAborted);
                return;
            }

            await next(context);
        })
        .UseMetricServer(settings => settings.Registry = Registry, url: null)
        .Build();

    public void Dispose() => _bridge.Dispose();

    /// <summary>Null, or why the instruments could not be read.</summary>
    internal string? Collect()
    {
        try
        {
            _bridge.Collect();
            return null;
        }
        catch (AggregateException e)
        {
            return $"the instruments could not be read: {string.Join("; ", e.InnerExceptions.Select(inner => inner.Message))}\n";
        }
    }
}
