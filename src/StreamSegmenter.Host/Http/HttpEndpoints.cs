using StreamSegmenter.Engine.Telemetry;

namespace StreamSegmenter.Host.Http;

/// <summary>The paths for a scraper, an orchestrator and an operator.
/// <list type="bullet">
/// <item><c>/</c>: a page that links to the others.</item>
/// <item><c>/metrics</c>: every instrument, as Prometheus text or OpenMetrics by the Accept header.</item>
/// <item><c>/healthz</c>: 503 once a lane stopped or is stuck, so that a restart is worth it.</item>
/// <item><c>/readyz</c>: 503 with each lane's reason until every lane is restored and connected.</item>
/// </list></summary>
internal static class HttpEndpoints
{
    private const string IndexPage = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>StreamSegmenter</title></head>
        <body>
        <h1>StreamSegmenter</h1>
        <ul>
        <li><a href="metrics">/metrics</a>: operational numbers, for Prometheus</li>
        <li><a href="readyz">/readyz</a>: whether every lane is restored and connected, and if not, why</li>
        <li><a href="healthz">/healthz</a>: whether a restart would help</li>
        </ul>
        </body>
        </html>

        """;

    /// <param name="hasIndex">False: something else serves <c>/</c>.</param>
    public static void Map(IEndpointRouteBuilder app, MetricsRegistry metrics, IReadiness readiness, ILiveness liveness, bool hasIndex = true)
    {
        if (hasIndex)
        {
            app.MapGet("/", (HttpContext context) =>
            {
                context.Response.ContentType = "text/html; charset=utf-8";
                return context.Response.WriteAsync(IndexPage, context.RequestAborted);
            });
        }

        app.MapGet("/metrics", metrics.Exporter(app.CreateApplicationBuilder()));
        app.MapGet("/healthz", (HttpContext context) =>
        {
            ComponentState[] vitals = [.. liveness.Health];
            return Answer(context, Array.TrueForAll(vitals, state => state.Ready), vitals);
        });
        app.MapGet("/readyz", (HttpContext context) => Answer(context, readiness.IsReady, readiness.Components));
    }

    private static Task Answer(HttpContext context, bool ok, IEnumerable<ComponentState> components)
    {
        context.Response.StatusCode = ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(
            StatusReport.Of(ok, components), StatusJson.Default.StatusReport, cancellationToken: context.RequestAborted);
    }
}
