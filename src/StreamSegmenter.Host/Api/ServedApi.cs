using StreamSegmenter.Api;
using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Host.Api;

/// <summary>Serves <c>/api/v1</c>.</summary>
internal sealed class ServedApi(IEngineApi api, TimeProvider clock) : IServed
{
    public void AddServices(IServiceCollection services) => ApiEndpoints.AddServices(services);

    public void Use(WebApplication app)
    {
    }

    public void Map(WebApplication app) => ApiEndpoints.Map(app, api, clock);
}
