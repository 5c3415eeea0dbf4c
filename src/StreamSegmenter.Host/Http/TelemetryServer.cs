using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Http;

/// <summary>The HTTP server of a process: a bare Kestrel that listens at its configured address only, regardless of
/// ASP.NET's environment variables.</summary>
internal sealed class TelemetryServer : IAsyncDisposable
{
    private const int ConnectionsMax = 1_000;
    private const int RequestBytesMax = 16 * 1024;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly MetricsRegistry _metrics;

    private TelemetryServer(WebApplication app, MetricsRegistry metrics)
    {
        _app = app;
        _metrics = metrics;
    }

    /// <summary>The actual address, with the port that was assigned for port 0.</summary>
    public Uri Address { get; private set; } = null!;

    /// <param name="more">Serves more than the telemetry.</param>
    /// <exception cref="IOException">The address cannot be taken; the message names the remedy.</exception>
    public static async Task<TelemetryServer> StartAsync(
        ListenAddress address, EngineTelemetry telemetry, IServed? more = null, CancellationToken cancellation = default)
    {
        var metrics = new MetricsRegistry(telemetry.MeterName);
        var app = Build(address, more);
        var server = new TelemetryServer(app, metrics);
        HttpEndpoints.Map(app, metrics, telemetry, telemetry, hasIndex: more is null);
        more?.Map(app);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e)
        {
            await server.DisposeAsync();
            throw new IOException(
                $"http.listen: {address.EndPoint} cannot be taken ({e.Message}). Choose another port, or port 0 for any free one", e);
        }

        server.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _metrics.Dispose();
    }

    private static WebApplication Build(ListenAddress address, IServed? more)
    {
        var certificate = more?.Http.Tls is { } files ? new ServerCertificate(files, more.Clock, more.Report) : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestBodySize = RequestBytesMax;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            kestrel.Listen(address.EndPoint, listening =>
            {
                if (certificate is not null)
                {
                    listening.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        HandshakeTimeout = HeadersTimeout,
                        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current() }),
                    });
                }
            });
        });
        builder.Services.AddRoutingCore();
        more?.AddServices(builder.Services);
        var app = builder.Build();
        app.UseMiddleware<RequestGuard>(new RequestGuard.Options(IsLocal: IPAddress.IsLoopback(address.EndPoint.Address)));
        if (more is not null)
        {
            app.UseExceptionHandler(new ExceptionHandlerOptions
            {
                StatusCodeSelector = e => (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError,
            });
            app.UseStatusCodePages();
            app.UseMiddleware<AccessGuard>(new AccessGuard.Options(
                more.Http, IPAddress.IsLoopback(address.EndPoint.Address), more.Clock, more.PeerPrefix, more.PeerAuthorization));
        }

        app.UseRouting();
        more?.Use(app);
        return app;
    }
}
