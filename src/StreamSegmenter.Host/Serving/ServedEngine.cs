using System.Net;
using StreamSegmenter.Host.Api;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Host.Peers;
using StreamSegmenter.Host.Steering;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Serving;

/// <summary>An engine with its API, its console and its place among the instances of its group.</summary>
internal sealed class ServedEngine : IAsyncDisposable
{
    private readonly StreamSegmenterConfiguration _configuration;
    private readonly TimeProvider _clock;
    private readonly Action<string> _report;
    private readonly EngineApi _api;
    private readonly DefinitionsApi _definitions;
    private TelemetryServer? _server;
    private PeerDirectory? _directory;

    /// <param name="audit">Takes a line for each plan and publication.</param>
    public ServedEngine(StreamSegmenterConfiguration configuration, TimeProvider clock, Action<string> report, Action<string> audit)
    {
        (_configuration, _clock, _report) = (configuration, clock, report);
        Engine = new KafkaEngine(configuration, clock, report);
        _api = new EngineApi(configuration, Engine, clock, () => _directory?.Others ?? []);
        _definitions = new DefinitionsApi(configuration, Engine, clock, audit);
    }

    public KafkaEngine Engine { get; }

    /// <summary>Null: there is no server.</summary>
    public Uri? Address => _server?.Address;

    /// <exception cref="IOException">The address cannot be taken; the message names the remedy.</exception>
    public async Task ServeAsync(ListenAddress address, CancellationToken cancellation)
    {
        _server = await TelemetryServer.StartAsync(
            address, Engine.Telemetry, new ServedApi(_api, _definitions, _clock, _configuration.Http, _report), cancellation);
        if (_configuration.Outputs.Topics.Instances is { } topic)
        {
            _directory = new PeerDirectory(
                _configuration.Kafka!, topic, _configuration.Http.Advertised ?? Reachable(_server.Address), _clock, () => Engine.HasStarted, _report);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The others stop asking first.
        if (_directory is not null)
        {
            await _directory.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _api.DisposeAsync();
        _definitions.Dispose();
        Engine.Dispose();
    }

    // All of a machine's addresses are none that another one could ask at.
    private static Uri Reachable(Uri address) =>
        IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(address) { Host = Environment.MachineName }.Uri
            : address;
}
