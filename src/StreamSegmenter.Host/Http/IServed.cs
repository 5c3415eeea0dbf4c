namespace StreamSegmenter.Host.Http;

/// <summary>What a server serves beside the telemetry.</summary>
internal interface IServed
{
    /// <summary>What it asks of whoever wants to see customers; null: nothing, and it serves this machine only.</summary>
    string? Token { get; }

    TimeProvider Clock { get; }

    void AddServices(IServiceCollection services);

    /// <summary>Behind routing, before the endpoints.</summary>
    void Use(WebApplication app);

    void Map(WebApplication app);
}
