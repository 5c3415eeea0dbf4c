namespace StreamSegmenter.Host.Http;

/// <summary>What a server serves beside the telemetry.</summary>
internal interface IServed
{
    void AddServices(IServiceCollection services);

    /// <summary>Behind routing, before the endpoints.</summary>
    void Use(WebApplication app);

    void Map(WebApplication app);
}
