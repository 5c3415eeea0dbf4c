using StreamSegmenter.Api;
using StreamSegmenter.ConsolePages;
using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Host.Api;

/// <summary>Serves <c>/api/v1</c>, and the console over it at <c>/</c>.</summary>
internal sealed class ServedApi(IEngineApi api, TimeProvider clock, string? token) : IServed
{
    public string? Token => token;

    public TimeProvider Clock => clock;

    public void AddServices(IServiceCollection services)
    {
        ApiEndpoints.AddServices(services);
        ConsoleServices.Add(services, api, clock);
    }

    public void Use(WebApplication app) => ConsoleServices.Use(app);

    public void Map(WebApplication app)
    {
        ApiEndpoints.Map(app, api, clock);
        ConsoleServices.Map(app);
    }
}
