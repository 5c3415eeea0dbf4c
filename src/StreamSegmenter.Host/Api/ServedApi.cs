using StreamSegmenter.Api;
using StreamSegmenter.ConsolePages;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Api;

/// <summary>Serves <c>/api/v1</c>, and the console over it at <c>/</c>.</summary>
internal sealed class ServedApi(IEngineApi api, IDefinitionsApi definitions, TimeProvider clock, HttpConfiguration http) : IServed
{
    public HttpConfiguration Http => http;

    public TimeProvider Clock => clock;

    public void AddServices(IServiceCollection services)
    {
        ApiEndpoints.AddServices(services);
        ConsoleServices.Add(services, api, definitions, new CallerSource(AccessGuard.CallerOf), clock);
    }

    public void Use(WebApplication app) => ConsoleServices.Use(app);

    public void Map(WebApplication app)
    {
        ApiEndpoints.Map(app, api, definitions, clock);
        ConsoleServices.Map(app);
    }
}
