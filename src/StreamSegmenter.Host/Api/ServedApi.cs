using StreamSegmenter.Api;
using StreamSegmenter.ConsolePages;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Host.Peers;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Api;

/// <summary>Serves <c>/api/v1</c>, the console over it at <c>/</c>, and what other instances of the group ask.</summary>
internal sealed class ServedApi(EngineApi api, IDefinitionsApi definitions, TimeProvider clock, HttpConfiguration http, Action<string> report) : IServed
{
    public HttpConfiguration Http => http;

    public TimeProvider Clock => clock;

    public Action<string> Report => report;

    public string PeerPrefix => PeerEndpoints.Prefix;

    public string? PeerAuthorization { get; } = PeerKey.Of(http.Tokens) is { } key ? $"{PeerKey.Scheme} {key}" : null;

    public void AddServices(IServiceCollection services)
    {
        ApiEndpoints.AddServices(services);
        ConsoleServices.Add(services, api, definitions, new CallerSource(AccessGuard.CallerOf), clock);
    }

    public void Use(WebApplication app) => ConsoleServices.Use(app);

    public void Map(WebApplication app)
    {
        ApiEndpoints.Map(app, api, definitions, clock);
        PeerEndpoints.Map(app, api.Own);
        ConsoleServices.Map(app);
    }
}
