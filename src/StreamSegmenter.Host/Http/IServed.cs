using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Http;

/// <summary>What a server serves beside the telemetry.</summary>
internal interface IServed
{
    /// <summary>With the tokens that open it.</summary>
    HttpConfiguration Http { get; }

    TimeProvider Clock { get; }

    /// <summary>Takes what an operator should know.</summary>
    Action<string> Report { get; }

    /// <summary>Paths for other instances of the group.</summary>
    string PeerPrefix { get; }

    /// <summary>What they bring; null: nothing is asked for.</summary>
    string? PeerAuthorization { get; }

    void AddServices(IServiceCollection services);

    /// <summary>Behind routing, before the endpoints.</summary>
    void Use(WebApplication app);

    void Map(WebApplication app);
}
